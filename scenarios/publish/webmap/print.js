// The map on paper: what is seen now, with its time and legend, in a hidden frame of its own that is printed.

/** A copy of a node in which every canvas is a picture. */
function pictured(node) {
  const copy = node.cloneNode(true), canvases = [...node.querySelectorAll('canvas')];
  copy.querySelectorAll('canvas').forEach((blank, k) => {
    const image = document.createElement('img');
    image.src = canvases[k].toDataURL();
    image.setAttribute('style', `${blank.getAttribute('style') || ''};width:${canvases[k].style.width || `${canvases[k].width}px`};height:${canvases[k].style.height || `${canvases[k].height}px`}`);
    image.className = blank.className;
    blank.replaceWith(image);
  });
  return copy;
}

function styleTexts(root) {
  const home = root.getRootNode();
  const sheets = [...(home.adoptedStyleSheets || []), ...[...home.querySelectorAll('style')].map((one) => one.sheet)].filter(Boolean);
  return sheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n');
}

/** Print a map: pane, title, the moment it shows, legend and credit; returns the frame, for tests. */
function printMap(root, frame, pane, data, words, moment) {
  root.querySelector('.vm-paper')?.remove();
  const paper = h('iframe', { class: 'vm-paper', title: words.print, 'aria-hidden': 'true', tabindex: '-1', style: { position: 'absolute', width: '0', height: '0', border: '0', visibility: 'hidden' } });
  root.append(paper);
  const page = paper.contentDocument, wide = pane.clientWidth, high = pane.clientHeight, scale = Math.min(1030 / wide, 600 / high);
  const on = [...frame.querySelectorAll('.vm-layer')].filter((row) => row.querySelector('input')?.checked).map((row) => { const copy = row.cloneNode(true); copy.querySelector('input').remove(); return copy; });
  const sheet = h('div', { class: 'vm vm-sheet' },
    h('header', {}, h('h1', {}, data.title), h('p', {}, [moment, data.classification, `${data.scenario} ${data.version}`, data.synthetic ? words.synthetic : ''].filter(Boolean).join(' · '))),
    h('div', { class: 'vm-sheet-map', style: { width: `${wide * scale}px`, height: `${high * scale}px` } }, h('div', { style: { width: `${wide}px`, height: `${high}px`, transform: `scale(${scale})`, transformOrigin: '0 0', position: 'relative' } }, pictured(pane))),
    h('div', { class: 'vm-sheet-legend' }, on), h('footer', {}, data.credit));
  page.title = data.title;
  page.head.append(h('style', {}, styleTexts(root)), h('style', {}, '@page { size: A4 landscape; margin: 8mm } html { background: #fff; color-scheme: light } body { margin: 0 }'));
  page.body.append(sheet);
  const print = () => { paper.contentWindow.focus(); paper.contentWindow.print(); };
  const images = [...page.images].map((image) => image.decode().catch(() => null));
  Promise.all(images).then(print);
  return paper;
}
