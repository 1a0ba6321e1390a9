// The picture of the pair: clients, the address at the node that holds it, the servers behind.

import {SYMBOLS, bytes, count, duration, s, short} from './dom.js';
import {holder, roleOf} from './verdict.js';

const NODE_HEIGHT = 92;
const SERVER_HEIGHT = 50;
const PILL_HEIGHT = 34;
const GAP = 14;
const NARROWEST = 200;

function text(x, y, content, css, anchor = 'middle') {
    return s('text', {x, y, class: css, 'text-anchor': anchor}, content);
}

/** What does not fit is cut, with the whole as a tooltip. */
function cut(content, pixels) {
    const most = Math.max(4, Math.floor(pixels / 7.2));
    return content.length > most ? `${content.slice(0, most - 1)}…` : content;
}

function level(node) {
    if (node.departure === 'stopped') {
        return 'warn';
    }
    if (!node.alive) {
        return 'bad';
    }
    return ['active', 'standby', 'witness', 'serving'].includes(node.role) ? 'good' : 'warn';
}

/** Of the other node: when it was heard, or for how long it has not been. */
function seen(node) {
    const time = duration(node.heard_ms);
    if (node.alive) {
        return `heard ${time} ago`;
    }
    return node.departure ? `${time} ago` : `silent for ${time}`;
}

function inWords(node) {
    if (node.alive) {
        return `is ${node.role}`;
    }
    return {stopped: 'was stopped', died: 'died'}[node.departure] || 'is silent';
}

/** Of the other node, as it told this one. */
function clientsOf(status, held) {
    const summary = (status.peers.find(peer => peer.name === held) || {}).summary;
    return summary ? `${count(summary.clients, 'client')} · ${short(summary.requests_per_second)} requests/s` : 'clients';
}

function link(x1, y1, x2, y2, css) {
    const middle = (y1 + y2) / 2;
    return s('path', {d: `M${x1},${y1} C${x1},${middle} ${x2},${middle} ${x2},${y2}`, class: `link ${css}`});
}

export class Picture {
    #place;
    #drawing;
    #svg;
    #pill;
    #last;
    #width = 0;

    constructor(place) {
        this.#place = place;
        this.#drawing = s('g');
        this.#pill = s('g', {class: 'pill'});
        this.#svg = s('svg', {role: 'img', class: 'picture'}, this.#drawing, this.#pill);
        place.append(this.#svg);
        new ResizeObserver(() => {
            if (this.#last && this.#room() !== this.#width) {
                this.draw(...this.#last);
            }
        }).observe(place);
    }

    #room() {
        const {paddingLeft, paddingRight} = getComputedStyle(this.#place);
        return this.#place.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    }

    draw(status, about, latest) {
        this.#last = [status, about, latest];
        const width = this.#width = this.#room();
        if (width < NARROWEST) {
            return; // it is not laid out yet
        }
        const nodes = this.#nodes(status);
        const witness = [{name: status.name, role: status.role, alive: true}, ...status.peers].find(member => member.role === 'witness');
        const held = holder(status);
        const parts = [];
        const nodeWidth = Math.min(270, (width - 3 * GAP - 20) / 2);
        const left = width / 2 - nodeWidth - Math.min(60, (width - 2 * nodeWidth) / 4);
        const places = nodes.length === 1 ? [width / 2 - nodeWidth / 2] : [left, width - left - nodeWidth];
        const clientsY = 24;
        const pillY = 56;
        const nodeY = pillY + PILL_HEIGHT + 16;
        const at = Math.max(0, nodes.findIndex(node => node.name === held));
        const addressX = held === null ? width / 2 : places[at] + nodeWidth / 2;

        const rates = latest ? `${short(latest.requests)} requests/s, ${bytes(latest.bytes_out)}/s out` : '';
        const clients = held === status.name ? `${count(status.proxy.clients, 'client')}${rates ? ` · ${rates}` : ''}` : clientsOf(status, held);
        parts.push(text(width / 2, clientsY - 6, clients, 'label'));
        parts.push(link(width / 2, clientsY + 2, addressX, pillY, held === null ? 'broken' : 'flows'));

        if (nodes.length > 1) {
            parts.push(this.#channel(status, nodes, places, nodeWidth, nodeY + NODE_HEIGHT / 2, width));
        }
        nodes.forEach((node, i) => parts.push(this.#node(node, places[i], nodeY, nodeWidth, node.name === held)));
        let y = nodeY + NODE_HEIGHT;
        if (witness) {
            y += 30;
            parts.push(this.#witness(witness, width / 2, y, nodes.map((node, i) => places[i] + nodeWidth / 2), nodeY + NODE_HEIGHT));
            y += 18;
        }
        y = this.#servers(parts, status, held === null ? null : places[at] + nodeWidth / 2, nodeY + NODE_HEIGHT, y + 44, width);

        this.#drawing.replaceChildren(...parts);
        this.#movePill(status, about, held, addressX, pillY, width);
        this.#svg.setAttribute('width', width);
        this.#svg.setAttribute('height', y + 4);
        this.#svg.setAttribute('viewBox', `0 0 ${width} ${y + 4}`);
        this.#svg.setAttribute('aria-label', this.#inWords(status, about, nodes, held));
    }

    /** In an order that both nodes' pages share. */
    #nodes(status) {
        const self = {name: status.name, role: roleOf(status), alive: true, self: true, since: status.since_ms, epoch: status.kind === 'proxy' ? null : status.epoch};
        return [self, ...status.peers].filter(member => member.role !== 'witness').sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, 2);
    }

    #node(node, x, y, width, holds) {
        const state = level(node);
        const detail = node.self ? `for ${duration(node.since)}` : seen(node);
        const word = node.alive ? node.role : node.departure || 'silent';
        return s('g', {},
            s('rect', {x, y, width, height: NODE_HEIGHT, rx: 12, class: `node ${state}${holds ? ' holds' : ''}`}),
            text(x + width / 2, y + 29, cut(node.name, width - 20), 'name'),
            text(x + width / 2, y + 53, `${SYMBOLS[state]} ${word}`, `role ${state}`),
            text(x + width / 2, y + 76, cut(`${detail}${node.self && node.epoch !== null && width > 200 ? `, epoch ${node.epoch}` : ''}`, width - 12), 'small'));
    }

    #channel(status, nodes, places, nodeWidth, y, width) {
        const apart = nodes.some(node => !node.alive);
        const silent = nodes.some(node => !node.alive && !node.departure);
        const from = places[0] + nodeWidth;
        const room = places[1] - from;
        return s('g', {},
            s('path', {d: `M${from},${y} H${places[1]}`, class: `link ${apart ? 'broken' : 'channel'}`}),
            room > 70 ? text(width / 2, y - 9, silent ? `${SYMBOLS.bad} cut` : 'channel', `small ${silent ? 'bad' : ''}`) : null);
    }

    #witness(witness, x, y, tops, nodesEnd) {
        const words = `${witness.alive ? SYMBOLS.good : SYMBOLS.bad} witness ${witness.name}${witness.alive ? '' : ' silent'}`;
        return s('g', {},
            ...tops.map(top => link(top, nodesEnd, x, y - 16, witness.alive ? 'channel' : 'broken')),
            text(x, y, words, `small ${witness.alive ? '' : 'bad'}`));
    }

    #servers(parts, status, fromX, fromY, y, width) {
        const servers = status.proxy.servers;
        const column = width < 520 ? Math.floor(width / 2) : Math.max(150, Math.min(230, Math.floor(width / Math.max(1, servers.length))));
        const perRow = Math.max(1, Math.floor(width / column));
        servers.forEach((server, i) => {
            const row = Math.floor(i / perRow);
            const inRow = Math.min(perRow, servers.length - row * perRow);
            const x = width / 2 - inRow * column / 2 + (i % perRow) * column + 4;
            const top = y + row * (SERVER_HEIGHT + GAP);
            const box = column - 8;
            const state = !server.up ? 'bad' : server.replica_status === 'out' ? 'bad' : server.replica_status === 'refilling' ? 'warn' : 'good';
            const word = !server.up ? 'down' : server.replica_status && server.replica_status !== 'serving' ? server.replica_status : 'up';
            if (fromX !== null && row === 0) {
                parts.push(link(fromX, fromY, x + box / 2, top, server.up ? 'flows' : 'broken'));
            }
            parts.push(s('rect', {x, y: top, width: box, height: SERVER_HEIGHT, rx: 8, class: `server ${state}`}),
                text(x + box / 2, top + 21, cut(server.address, box - 10), 'label'),
                text(x + box / 2, top + 40, `${SYMBOLS[state]} ${word} · ${server.tier}`, `small ${state}`));
        });
        const rows = Math.ceil(servers.length / perRow);
        return y + Math.max(0, rows * (SERVER_HEIGHT + GAP) - GAP);
    }

    /** One element for all time, so that it is seen to move. */
    #movePill(status, about, held, x, y, width) {
        const address = about.addresses.length ? about.addresses[0].replace(/\/\d+$/, '') : status.kind === 'proxy' ? 'port' : '';
        const more = about.addresses.length > 1 ? ` +${about.addresses.length - 1}` : '';
        const words = `${address}${more}${held === null ? ' nowhere' : ''}`;
        const wide = Math.min(width, words.length * 8.4 + 30);
        if (words !== this.#pill.getAttribute('data-words')) {
            this.#pill.setAttribute('data-words', words);
            this.#pill.replaceChildren(
                s('rect', {x: -wide / 2, y: 0, width: wide, height: PILL_HEIGHT, rx: PILL_HEIGHT / 2}),
                text(0, 22, words, 'address'));
        }
        this.#pill.setAttribute('class', `pill ${held === null ? 'bad' : 'good'}${words ? '' : ' hidden'}`);
        this.#pill.setAttribute('data-holder', held || '');
        this.#pill.style.transform = `translate(${Math.max(wide / 2, Math.min(width - wide / 2, x))}px, ${y}px)`;
    }

    #inWords(status, about, nodes, held) {
        const servers = status.proxy.servers;
        const up = servers.filter(server => server.up).length;
        return [
            about.addresses.length ? `address ${about.addresses.join(', ')} is ${held === null ? 'on no node' : `at ${held}`}` : null,
            ...nodes.map(node => `${node.name} ${inWords(node)}`),
            `${up} of ${count(servers.length, 'server')} up`,
        ].filter(Boolean).join('; ');
    }
}
