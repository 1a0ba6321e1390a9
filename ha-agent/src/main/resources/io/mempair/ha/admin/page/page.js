// The page of one node: asks it every second and shows what it says. Nothing here can change anything.

import {Charts} from './charts.js';
import {bytes, duration, h, moment, short, show, state, table} from './dom.js';
import {Picture} from './picture.js';
import {roleOf, verdict} from './verdict.js';

const EVERY_MILLIS = 1000;
const HIDDEN_EVERY_MILLIS = 10_000;
const PATIENCE_MILLIS = 4000;
const COMMANDS = ['get', 'set', 'touch', 'delete', 'arithmetic', 'other'];

const place = id => document.getElementById(id);

place('live').hidden = false;
const picture = new Picture(place('picture'));
const charts = new Charts(place('charts'));
let about = null;
let answeredAt = Date.now();
let latest = null;

async function ask(path) {
    const answer = await fetch(path, {cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MILLIS)});
    if (!answer.ok) {
        throw new Error(`${path}: ${answer.status}`);
    }
    return answer.json();
}

function showVerdict({level, title, text}) {
    place('verdict').className = level;
    show(place('verdict'), h('p', {class: 'title'}, state(level, title)), h('p', {}, text));
    document.title = `${title} · mempair`;
}

function showAbout(status) {
    const pages = status.peers.filter(peer => pageOf(peer)).map(peer => h('a', {href: pageOf(peer)}, `page of ${peer.name}`));
    show(place('pages'), ...pages);
    const reload = status.reload;
    const move = status.proxy.rebalance;
    show(place('about'),
        `mempair ${versions(status)} on Java ${about.java_version}, ${status.proxy.transport}`,
        about.interface ? `, ${about.addresses.join(' and ')} on ${about.interface}` : '', '. ',
        reload ? `Last reload ${duration(reload.ago_ms)} ago: ${reload.applied ? '' : 'refused: '}${reload.outcome}. ` : '',
        move ? `Rebalance ${move.number}: ${move.phase}${progress(move)}, ${move.movement}: ${move.reason}. ` : '',
        status.proxy.memory ? `Clients hold ${bytes(status.proxy.memory.held_bytes)} of ${bytes(status.proxy.memory.limit_bytes)}.` : '');
}

/** How much of the copy of a rebalance is done. */
function progress({phase, expected_keys: expected, visited_keys: visited, seconds_left: left}) {
    if (phase !== 'copy' || expected === 0) {
        return '';
    }
    const done = Math.min(100, Math.floor(100 * visited / expected));
    return ` ${done} %${left < 0 ? '' : `, about ${duration(1000 * left)} left`}`;
}

/** Where a peer's page is, if it can be elsewhere than on its own host; of an older version nothing is known. */
function pageOf(peer) {
    const http = peer.summary ? peer.summary.http : '';
    return http && !/^(0\.0\.0\.0|127\.|\[::1?\]|localhost)/.test(http) ? `${location.protocol}//${http}/` : null;
}

/** Of all members, once if it is one. */
function versions(status) {
    const all = [status, ...status.peers.filter(peer => peer.alive)].map(member => (member.summary ? member.summary.version : null)).filter(Boolean);
    return new Set(all).size > 1 ? `${all.join(' and ')} (the members differ)` : all[0] || '';
}

function refill(server) {
    if (!server.refill) {
        return server.replica_status === 'refilling' ? 'on misses' : '–';
    }
    const {copied, total, seen} = server.refill;
    const most = Math.max(total, seen, 1);
    return h('span', {}, h('progress', {value: copied, max: most, 'aria-label': `refill of ${server.address}`}), ` ${short(copied)} of ${short(most)}`);
}

function serverState(server) {
    if (!server.up) {
        return state('bad', 'down');
    }
    return server.replica_status === 'out' ? state('bad', 'out') : server.replica_status === 'refilling' ? state('warn', 'refilling') : state('good', 'up');
}

function showServers(servers) {
    if (servers.length === 0) {
        show(place('servers'), h('p', {class: 'quiet'}, 'This member has no servers.'));
        return;
    }
    show(place('servers'), table('Servers', ['Server', 'State', 'Tier', 'Missed keys', 'Refill', 'Why it is not up'], servers.map(server => [
        server.address,
        serverState(server),
        server.tier,
        server.missed_keys < 0 ? 'too many, will be flushed' : short(server.missed_keys),
        refill(server),
        server.failure || '–',
    ])));
}

function showHistory(history) {
    if (history.length === 0) {
        show(place('history'), h('p', {class: 'quiet'}, 'Nothing yet.'));
        return;
    }
    show(place('history'), h('ol', {class: 'timeline'}, history.slice(-20).reverse().map(one => h('li', {class: one.to},
        h('time', {datetime: new Date(one.at_ms).toISOString()}, moment(one.at_ms)), ` ${one.node} `,
        h('strong', {}, one.kind === 'role' ? `${one.from} → ${one.to}` : `reload ${one.to}`),
        one.kind === 'role' ? ` epoch ${one.epoch}, took ${duration(one.took_ms)}` : '',
        one.gap_ms === null ? '' : `, nobody served for ${duration(one.gap_ms)}`,
        h('div', {class: 'quiet'}, one.reason)))));
}

function showChecks(status) {
    const warnings = status.warnings.map(warning => h('p', {}, state('warn', warning)));
    const checks = status.checks.length === 0 ? h('p', {class: 'quiet'}, 'No checks.')
        : table('Checks', ['Check', 'State', 'Last outcome'], status.checks.map(check =>
            [check.name, state(check.good ? 'good' : 'bad', check.good ? 'good' : 'bad'), check.outcome]));
    const taken = status.maintenance ? h('p', {}, state('warn', 'In maintenance until mempair online')) : null;
    show(place('checks'), ...[taken, ...warnings, checks].filter(Boolean));
}

function newest(samples) {
    if (samples.samples.length === 0) {
        return latest;
    }
    const row = samples.samples[samples.samples.length - 1];
    const value = name => row[samples.names.indexOf(name)] || 0;
    return {requests: COMMANDS.reduce((sum, command) => sum + value(command), 0), bytes_out: value('bytes_out')};
}

async function look() {
    about ??= await ask('/about');
    const [status, samples, past] = await Promise.all([
        ask('/status'), ask(`/samples?since=${charts.next}`), ask('/history')]);
    answeredAt = Date.now();
    latest = newest(samples);
    showVerdict(verdict(status));
    showAbout(status);
    picture.draw(status, about, latest);
    charts.add(samples);
    charts.mark(past.history.filter(one => one.kind === 'role'));
    charts.draw();
    showServers(status.proxy.servers);
    showHistory(past.history);
    showChecks(status);
    document.body.className = '';
    document.body.dataset.role = roleOf(status);
}

async function lookAgainAndAgain() {
    try {
        await look();
    } catch (problem) {
        about = null; // it may be another version when it comes back
        document.body.className = 'stale';
        showVerdict({
            level: 'unknown',
            title: 'This node does not answer',
            text: `Nothing heard for ${duration(Date.now() - answeredAt)}; below is what it said last. The peer's page may know more.`,
        });
    }
    setTimeout(lookAgainAndAgain, document.hidden ? HIDDEN_EVERY_MILLIS : EVERY_MILLIS);
}

document.addEventListener('visibilitychange', () => document.hidden || look().catch(() => {}));
lookAgainAndAgain();
