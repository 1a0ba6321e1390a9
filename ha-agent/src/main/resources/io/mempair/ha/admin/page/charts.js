// The charts: uPlot, one cursor over all of them, a mark wherever a role changed.

import {bytes, h, short} from './dom.js';

const SECONDS = 900;
const LEAST_SECONDS = 120;
const HEIGHT = 190;

// a pattern of dashes for each curve besides its colour
const DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3], [1, 5], [14, 4]];

const CHARTS = [
    {
        title: 'Requests a second',
        curves: [['get', 'get'], ['set', 'set'], ['delete', 'delete'], ['arithmetic', 'arithmetic'], ['touch', 'touch'], ['other', 'other']],
        format: short,
    },
    {
        title: 'Latency in milliseconds',
        curves: [['request_p99', 'clients p99'], ['request_p50', 'clients p50'], ['server_p99', 'servers p99'], ['server_p50', 'servers p50']],
        format: value => (value === null || value === undefined ? '–' : value < 1 ? value.toFixed(2) : short(value)),
        logarithmic: true,
    },
    {
        title: 'Keys and errors a second',
        curves: [['hits', 'hits'], ['misses', 'misses'], ['failed', 'failed keys'], ['errors', 'errors']],
        format: short,
    },
    {
        title: 'Clients, and bytes a second',
        curves: [['clients', 'clients'], ['bytes_in', 'in', 'bytes'], ['bytes_out', 'out', 'bytes']],
        format: short,
    },
];

function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Draws a line at each change of role. */
function marks(transitions) {
    return plot => {
        const {ctx, bbox} = plot;
        ctx.save();
        ctx.lineWidth = Math.max(1, devicePixelRatio);
        ctx.strokeStyle = ctx.fillStyle = colour('--mark');
        ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.font = `${11 * devicePixelRatio}px sans-serif`;
        for (const transition of transitions()) {
            const x = Math.round(plot.valToPos(transition.at_ms / 1000, 'x', true));
            if (x >= bbox.left && x <= bbox.left + bbox.width) {
                ctx.beginPath();
                ctx.moveTo(x, bbox.top);
                ctx.lineTo(x, bbox.top + bbox.height);
                ctx.stroke();
            }
        }
        ctx.restore();
    };
}

function options(chart, width, transitions) {
    const axis = {stroke: colour('--quiet'), grid: {stroke: colour('--grid'), width: 1}, ticks: {stroke: colour('--grid'), width: 1}, font: '12px sans-serif'};
    const twoScales = chart.curves.some(([, , scale]) => scale);
    const clockTime = stamps => stamps.map(stamp => new Date(stamp * 1000).toLocaleTimeString([], {hour12: false, hour: '2-digit', minute: '2-digit'}));
    return {
        width,
        height: HEIGHT,
        cursor: {sync: {key: 'mempair'}, drag: {setScale: false}, points: {size: 6}},
        legend: {live: true, markers: {width: 2, dash: (plot, i) => ['solid', 'dashed', 'dotted'][(i - 1) % 3]}},
        scales: {
            x: {time: true},
            y: chart.logarithmic ? {distr: 3, range: (plot, low, high) => [10 ** Math.floor(Math.log10(low || 0.01)), 10 ** Math.ceil(Math.log10(high || 1))]}
                : {range: (plot, low, high) => [0, Math.max(1, (high || 0) * 1.1)]},
            ...(twoScales ? {bytes: {range: (plot, low, high) => [0, Math.max(1000, (high || 0) * 1.1)]}} : {}),
        },
        axes: [
            {...axis, values: (plot, stamps) => clockTime(stamps), space: 70},
            {...axis, size: 48, values: (plot, values) => values.map(value => (value === null ? '' : chart.format(value)))},
            ...(twoScales ? [{...axis, scale: 'bytes', side: 1, size: 52, grid: {show: false}, values: (plot, values) => values.map(bytes)}] : []),
        ],
        series: [
            {label: 'time', value: (plot, stamp) => (stamp === null ? '–' : new Date(stamp * 1000).toLocaleTimeString([], {hour12: false}))},
            ...chart.curves.map(([, label, scale], i) => ({
                label,
                scale: scale || 'y',
                stroke: colour(`--curve-${i + 1}`),
                width: 1.75,
                dash: DASHES[i],
                spanGaps: false,
                points: {show: false},
                value: (plot, value) => (scale === 'bytes' ? bytes(value) : chart.format(value)),
            })),
        ],
        hooks: {draw: [marks(transitions)]},
    };
}

export class Charts {
    #place;
    #plots = [];
    #names = [];
    #rows = [];
    #next = 0;
    #offset = 0;
    #transitions = [];

    constructor(place) {
        this.#place = place;
        new ResizeObserver(() => this.#fit()).observe(place);
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#build());
    }

    /** Number of the next sample to ask for. */
    get next() {
        return this.#next;
    }

    /** Takes an answer of /samples. */
    add(answer) {
        this.#names = answer.names;
        if (answer.next < this.#next || answer.first > this.#next) {
            this.#rows = []; // it started anew, or more was missed than it keeps
        }
        this.#next = answer.next;
        this.#offset = answer.now_ms - answer.at_ms;
        this.#rows.push(...answer.samples);
        this.#rows.splice(0, Math.max(0, this.#rows.length - SECONDS));
    }

    /** Takes the changes of role that are marked. */
    mark(transitions) {
        this.#transitions = transitions;
    }

    /** Draws what was taken. */
    draw() {
        if (this.#plots.length === 0) {
            this.#build();
        }
        const times = this.#rows.map(row => (row[0] + this.#offset) / 1000);
        const now = times.length ? times[times.length - 1] : Date.now() / 1000;
        const from = Math.max(now - SECONDS, Math.min(times.length ? times[0] : now, now - LEAST_SECONDS));
        this.#plots.forEach((plot, i) => {
            plot.setData([times, ...CHARTS[i].curves.map(([name]) => this.#column(name))], false);
            plot.batch(() => {
                plot.setScale('x', {min: from, max: now});
            });
            if (times.length && !(plot.cursor.left >= 0)) {
                plot.setLegend({idx: times.length - 1});
            }
        });
    }

    #column(name) {
        const at = this.#names.indexOf(name);
        return this.#rows.map(row => row[at]);
    }

    #build() {
        this.#plots.forEach(plot => plot.destroy());
        this.#place.replaceChildren();
        this.#plots = CHARTS.map(chart => {
            const box = h('div', {class: 'plot'});
            this.#place.append(h('figure', {class: 'card'}, h('figcaption', {}, chart.title), box));
            return new uPlot(options(chart, box.clientWidth, () => this.#transitions), [[], ...chart.curves.map(() => [])], box);
        });
        this.draw();
    }

    #fit() {
        this.#plots.forEach(plot => plot.setSize({width: plot.root.parentElement.clientWidth, height: HEIGHT}));
    }
}
