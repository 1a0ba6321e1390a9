// What a person should know first: whether clients are served, and whether the pair could lose a node.

import {count, duration} from './dom.js';

/** The node whose side the address is on, as far as this node knows; null if there is none. */
export function holder(status) {
    if (status.serves) {
        return status.name;
    }
    const active = status.peers.find(peer => peer.alive && peer.role === 'active');
    return active ? active.name : null;
}

/** In words; a node that the operator took out has no fault, and a proxy alone has no role. */
export function roleOf(status) {
    if (status.kind === 'proxy') {
        return status.serves ? 'serving' : 'not serving';
    }
    return status.maintenance && status.role === 'fault' ? 'in maintenance' : status.role;
}

function nodes(status) {
    return [{name: status.name, role: roleOf(status), alive: true, reason: status.reason}, ...status.peers]
        .filter(member => member.role !== 'witness');
}

/** Why each node but the active one could not take over; empty if one could. */
function missingSpare(status, active) {
    const others = nodes(status).filter(node => node.name !== active);
    if (others.some(node => node.alive && node.role === 'standby' && !node.places_otherwise)) {
        return [];
    }
    if (others.length === 0) {
        return ['the other node was never heard'];
    }
    return others.map(node => {
        if (node.departure) {
            return `node ${node.name} ${node.departure === 'stopped' ? 'was stopped' : 'died'} ${duration(node.heard_ms)} ago`;
        }
        if (!node.alive) {
            return `node ${node.name} has been silent for ${duration(node.heard_ms)}`;
        }
        if (node.places_otherwise) {
            return `node ${node.name} places keys differently`;
        }
        return `node ${node.name} is ${node.role === 'fault' ? `not fit${node.reason ? `: ${node.reason}` : ''}` : node.role}`;
    });
}

function troubles(status) {
    const down = status.proxy.servers.filter(server => !server.up).length;
    const out = status.proxy.servers.filter(server => server.up && server.replica_status === 'out').length;
    const found = [];
    if (down > 0) {
        found.push(`${count(down, 'server is', 'servers are')} down`);
    }
    if (out > 0) {
        found.push(`${count(out, 'server is', 'servers are')} out until repaired`);
    }
    if (status.proxy.memory && status.proxy.memory.short) {
        found.push('memory for clients is short');
    }
    return found;
}

/** {level, title, text} of a status, with more to it than its own verdict has, for a page has the room. */
export function verdict(status) {
    if (status.kind === 'proxy') {
        const found = troubles(status);
        return status.serves
            ? {level: found.length ? 'warn' : 'good', title: 'Serving', text: sentence(['this proxy runs alone', ...found])}
            : {level: 'bad', title: 'Not serving', text: sentence([status.reason])};
    }
    const active = holder(status);
    if (active === null) {
        return {level: 'bad', title: 'Nobody serves, as far as this node knows', text: sentence([status.reason])};
    }
    const missing = missingSpare(status, active);
    const found = [...missing, ...troubles(status), ...status.warnings];
    const since = active === status.name ? ` for ${duration(status.since_ms)}` : '';
    const spare = nodes(status).find(node => node.name !== active && node.role === 'standby' && node.alive);
    return {
        level: found.length ? 'warn' : 'good',
        title: missing.length ? 'Serving, without a spare' : 'Serving',
        text: sentence([`node ${active} is active${since}${missing.length === 0 && spare ? `, node ${spare.name} can take over` : ''}`, ...found]),
    };
}

function sentence(parts) {
    return parts.map(part => part.charAt(0).toUpperCase() + part.slice(1)).map(part => part.replace(/\.?$/, '.')).join(' ');
}
