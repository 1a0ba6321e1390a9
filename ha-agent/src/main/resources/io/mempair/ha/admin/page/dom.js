// Small things that every part of the page uses: elements, words for numbers.

const SVG = 'http://www.w3.org/2000/svg';

function filled(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== null && value !== undefined && value !== false) {
            element.setAttribute(name, value === true ? '' : value);
        }
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
}

/** An element of HTML; what is a string among the children becomes text, never markup. */
export function h(tag, attributes = {}, ...children) {
    return filled(document.createElement(tag), attributes, children);
}

/** An element of SVG. */
export function s(tag, attributes = {}, ...children) {
    return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A state as a symbol and a word, so that nobody needs the colour. */
export function state(level, word) {
    return h('span', {class: `state ${level}`}, h('span', {class: 'symbol', 'aria-hidden': 'true'}, SYMBOLS[level]), word);
}

export const SYMBOLS = {good: '✓', warn: '!', bad: '✕', unknown: '?'};

/** A table with a heading for each column; on a narrow screen each row becomes a card that repeats the headings. */
export function table(caption, headings, rows) {
    const body = rows.map(row => h('tr', {}, row.map((cell, i) =>
        h(i === 0 ? 'th' : 'td', {'data-label': headings[i], scope: i === 0 ? 'row' : null}, cell))));
    return h('table', {},
        h('caption', {class: 'hidden'}, caption),
        h('thead', {}, h('tr', {}, headings.map(heading => h('th', {scope: 'col'}, heading)))),
        h('tbody', {}, body));
}

export function duration(millis) {
    const seconds = Math.max(0, Math.floor(millis / 1000));
    if (seconds < 1) {
        return `${Math.max(0, Math.round(millis))} ms`;
    }
    const parts = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
    const first = parts.findIndex(([, size]) => seconds >= size);
    const [unit, size] = parts[first];
    const text = `${Math.floor(seconds / size)} ${unit}`;
    const next = parts[first + 1];
    const rest = next ? Math.floor(seconds % size / next[1]) : 0;
    return rest > 0 && first < 2 ? `${text} ${rest} ${next[0]}` : text;
}

/** As in 12.3k. */
export function short(value) {
    if (value === null || value === undefined || !Number.isFinite(value)) {
        return '–';
    }
    const size = Math.abs(value);
    for (const [unit, factor] of [['G', 1e9], ['M', 1e6], ['k', 1e3]]) {
        if (size >= factor) {
            return `${(value / factor).toFixed(size >= 100 * factor ? 0 : 1)}${unit}`;
        }
    }
    return Number.isInteger(value) || size >= 100 ? `${Math.round(value)}` : value.toPrecision(2);
}

export function bytes(value) {
    return value === null || value === undefined ? '–' : `${short(value)}B`;
}

export function count(number, one, many = `${one}s`) {
    return `${number} ${number === 1 ? one : many}`;
}

/** The time of day; with the day, if that is another one. */
export function moment(millis) {
    const at = new Date(millis);
    const time = at.toLocaleTimeString([], {hour12: false});
    return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString([], {day: 'numeric', month: 'short'})} ${time}`;
}

/** Replaces what an element holds, unless it holds just that: a reader of the screen is not interrupted for nothing. */
export function show(element, ...children) {
    const next = h('div', {}, ...children);
    if (next.innerHTML !== element.innerHTML) {
        element.replaceChildren(...next.childNodes);
    }
}
