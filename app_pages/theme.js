// Light, dark, or as the machine is set. Streamlit keeps a reader's choice for each page's address by itself, and
// reads it when it starts: so it is kept for every page at once, and the page starts anew where it stands.
const KEY = (path) => `stActiveTheme-${path}-v2`;

function paths(pages) {
  const parts = location.pathname.split('/');
  if (pages.includes(parts[parts.length - 1])) parts[parts.length - 1] = '';
  const base = parts.join('/');
  return [base, ...pages.map((page) => base + page)];
}

function chosen() {
  try {
    return JSON.parse(localStorage.getItem(KEY(location.pathname))) ?? 'System';
  } catch {
    return 'System';
  }
}

export default function ({ parentElement, data }) {
  const group = parentElement.querySelector('.vt-group');
  group.setAttribute('aria-label', data.label);
  const now = chosen();
  group.replaceChildren(...data.choices.map(([name, title]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-checked', String(name === now));
    button.tabIndex = name === now ? 0 : -1;
    button.dataset.theme = name;
    button.textContent = title;
    button.onclick = () => {
      for (const path of paths(data.pages)) localStorage.setItem(KEY(path), JSON.stringify(name));
      location.reload();
    };
    return button;
  }));
  group.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...group.children];
    const at = all.indexOf(parentElement.getRootNode().activeElement ?? document.activeElement);
    all[(at + step + all.length) % all.length].focus();
    event.preventDefault();
  };
}
