// Beside the pages: the document's language and type size, keys that jump, and Streamlit's own words in ours.
const told = new WeakMap();
let table = new Map();
let patterns = [];
let watcher = null;

function translated(text) {
  const plain = text.trim();
  if (!plain) return null;
  const found = table.get(plain);
  if (found !== undefined) return text.replace(plain, () => found);
  for (const [pattern, to] of patterns) {
    if (pattern.test(plain)) return text.replace(plain, plain.replace(pattern, to));
  }
  return null;
}

// What stood there first is kept, so that another language starts from it; what somebody wrote since is new.
function mend(node, name, read, write) {
  const before = told.get(node)?.[name];
  const now = read();
  if (now === null || now === undefined) return;
  const first = before && before.to === now ? before.from : now;
  const to = translated(first) ?? first;
  if (to !== now) write(to);
  if (to !== first) told.set(node, { ...told.get(node), [name]: { from: first, to } });
}

const NAMES = ['aria-label', 'placeholder', 'title', 'alt'];

function mendAll(root) {
  if (root.nodeType === Node.TEXT_NODE) {
    mend(root, 'text', () => root.nodeValue, (to) => { root.nodeValue = to; });
    return;
  }
  if (root.nodeType !== Node.ELEMENT_NODE || root.tagName === 'STYLE' || root.tagName === 'SCRIPT') return;
  for (const name of NAMES) {
    if (root.hasAttribute(name)) {
      mend(root, name, () => root.getAttribute(name), (to) => root.setAttribute(name, to));
    }
  }
  for (const child of root.childNodes) mendAll(child);
}

function watch() {
  watcher?.disconnect();
  mendAll(document.body);
  watcher = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === 'childList') change.addedNodes.forEach(mendAll);
      else if (change.type === 'characterData') mendAll(change.target);
      else mend(change.target, change.attributeName, () => change.target.getAttribute(change.attributeName),
        (to) => change.target.setAttribute(change.attributeName, to));
    }
  });
  watcher.observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES,
  });
}

// Alt+Shift and a letter: single letters belong to screen readers and to whoever types.
const JUMPS = {
  KeyM: () => document.getElementById('stMain') ?? document.querySelector('[data-testid=stMain]'),
  KeyN: () => document.querySelector('[data-testid=stSidebarNav] a[aria-current], [data-testid=stSidebarNav] a'),
  KeyS: () => document.querySelector('.st-key-pick_scenario input'),
};

function jump(event) {
  if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
  const target = JUMPS[event.code]?.();
  if (!target) return;
  if (target.tabIndex < 0 && !target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.focus();
  event.preventDefault();
}

// A field tells what was typed when it is left; a reload leaves it without saying so.
function leave() {
  const at = document.activeElement;
  if (at?.closest?.('[data-testid=stMain]')) at.blur();
}

export default function ({ parentElement, data }) {
  const root = document.documentElement;
  const host = parentElement.host ?? parentElement;
  root.style.setProperty('--vedette-focus', getComputedStyle(host).getPropertyValue('--st-primary-color') || '#1456a8');
  root.lang = data.lang;
  root.style.fontSize = data.large ? data.large_size : '';
  root.classList.toggle('vedette-large', data.large);
  table = new Map(data.words);
  patterns = data.patterns.map(([from, to]) => [new RegExp(from), to]);
  watch();
  document.removeEventListener('keydown', window.vedetteJump);
  window.vedetteJump = jump;
  document.addEventListener('keydown', jump);
  window.removeEventListener('beforeunload', window.vedetteLeave);
  window.vedetteLeave = leave;
  window.addEventListener('beforeunload', leave);
}
