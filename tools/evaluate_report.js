function svg(name, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const number = (value, digits = 3) => value === null ? '–' : Number(value.toPrecision(digits)).toString();
const colour = label => `var(--label${label % 8})`;

// Labels differ by shape as well as by colour.
const shapes = [r => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`, r => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
                r => `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}z`, r => `M0 ${-1.3 * r}L${1.3 * r} 0L0 ${1.3 * r}L${-1.3 * r} 0z`,
                r => `M0 ${1.2 * r}L${1.2 * r} ${-r}H${-1.2 * r}z`];
const shape = (label, radius, attributes) => svg('path', {d: shapes[label % shapes.length](radius), fill: colour(label), ...attributes});
const mark = label => svg('svg', {class: 'mark', viewBox: '-6 -6 12 12', 'aria-hidden': 'true'}, shape(label, 5, {}));

// A table of labels by measures. cells(label) gives {key: {value, small}}; only labels that have cells stand in it.
function figureTable(table, caption, cells, sortable) {
  const rows = data.labels.map((label, k) => ({label, k, cells: cells(k)})).filter(row => row.cells);
  const head = element('tr', {}, element('th', {scope: 'col'}, 'label'));
  const body = element('tbody', {});
  for (const measure of data.measures) {
    const title = `${measure.title}\u00a0${measure.better === 'higher' ? '▲' : '▼'}`;
    const th = element('th', {scope: 'col', title: measure.text}, sortable ? element('button', {type: 'button', onclick: () => sort(th, measure.key)}, title) : title);
    head.append(th);
    const values = rows.map(row => row.cells[measure.key].value).filter(value => value !== null);
    const best = measure.better === 'higher' ? Math.max(...values) : Math.min(...values);
    for (const row of rows) row.cells[measure.key].best = rows.length > 1 && row.cells[measure.key].value === best;
  }
  for (const row of rows) {
    row.line = element('tr', {}, element('th', {scope: 'row'}, mark(row.k), row.label.label));
    row.line.dataset.label = row.k;
    for (const measure of data.measures) {
      const {value, small, best} = row.cells[measure.key];
      row.line.append(element('td', {className: best ? 'best' : ''}, number(value), ...(small ? [element('small', {}, small)] : [])));
    }
    body.append(row.line);
  }
  function sort(th, key) {
    const up = th.getAttribute('aria-sort') !== 'ascending';
    for (const other of head.children) other.removeAttribute('aria-sort');
    th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const rank = row => row.cells[key].value ?? (up ? Infinity : -Infinity);  // what is missing comes last
    rows.sort((a, b) => up ? rank(a) - rank(b) : rank(b) - rank(a));
    body.append(...rows.map(row => row.line));
  }
  table.replaceChildren(element('caption', {}, caption), element('thead', {}, head), body);
}

function ticks(low, high) {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(k => k * power).find(step => step >= rough);
  const all = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-9); k++) all.push(k * step);
  return all;
}

function scale(values, from, to) {
  let low = Math.min(...values), high = Math.max(...values);
  const margin = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  low = Math.max(0, low - margin), high += margin;  // errors and distances are not negative
  return Object.assign(value => from + (to - from) * (value - low) / (high - low), {ticks: ticks(low, high)});
}

// One point a result, and the means with their intervals.
function plot(across, up) {
  const points = data.results.filter(r => r.figures[across.key] !== null && r.figures[up.key] !== null);
  if (!points.length) return null;
  const width = 560, height = 400, left = 64, right = 16, top = 16, bottom = 48;
  const x = scale(points.map(p => p.figures[across.key]), left, width - right), y = scale(points.map(p => p.figures[up.key]), height - bottom, top);
  const all = svg('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${up.title} over ${across.title}, one point a result; the means are in the table above`});
  const text = (at_x, at_y, words, anchor, more) => all.append(svg('text', {x: at_x, y: at_y, 'text-anchor': anchor, ...more}, words));
  for (const t of x.ticks) all.append(svg('path', {class: 'grid', d: `M${x(t)} ${top}V${height - bottom}`})), text(x(t), height - bottom + 16, number(t), 'middle');
  for (const t of y.ticks) all.append(svg('path', {class: 'grid', d: `M${left} ${y(t)}H${width - right}`})), text(left - 6, y(t) + 4, number(t), 'end');
  text((left + width - right) / 2, height - 10, across.title, 'middle');
  text(0, 0, up.title, 'middle', {transform: `translate(14 ${(top + height - bottom) / 2}) rotate(-90)`});
  for (const p of points) {
    const words = `${data.photos[p.photo].name}, ${data.labels[p.label].label}: ${number(p.figures[across.key])}, ${number(p.figures[up.key])}`;
    const place = `translate(${x(p.figures[across.key])} ${y(p.figures[up.key])})`;
    const point = shape(p.label, 4, {class: 'point', transform: place});
    point.append(svg('title', {}, words));
    point.addEventListener('click', () => show(p.photo, p.label));
    all.append(point);
  }
  data.labels.forEach((label, k) => {
    const mx = label.means[across.key], my = label.means[up.key];
    if (mx.mean === null || my.mean === null) return;
    all.append(svg('path', {class: 'interval', d: `M${x(mx.low)} ${y(my.mean)}H${x(mx.high)}M${x(mx.mean)} ${y(my.low)}V${y(my.high)}`}));
    const mean = shape(k, 7, {class: 'mean', transform: `translate(${x(mx.mean)} ${y(my.mean)})`});
    mean.append(svg('title', {}, `mean of ${label.label}`));
    all.append(mean);
  });
  return all;
}

function showPlots() {
  const style = data.measures.find(m => m.key === 'style_distance');
  const depths = data.measures.filter(m => m.key.startsWith('depth_error_'));
  const plots = style ? depths.map(depth => plot(style, depth)).filter(Boolean) : [];
  $('plots-text').textContent = plots.length ? 'One point a result, coloured by its label; large marks are means, with their intervals. Nearer to the lower left is nearer to both painting and photo. A point shows its pictures below.'
      : 'There is no plot: it needs a depth network, VGG-16 and a painting.';
  $('plots').replaceChildren(...plots);
}

let shown = {photo: 0, label: 0};

// The picture of that photo and label, or that there is none.
function show(photo, label) {
  shown = {photo, label};
  const name = data.photos[photo].name, words = data.labels[label].label;
  const result = data.results.find(r => r.photo === photo && r.label === label);
  $('photo').value = photo;
  document.querySelectorAll('#labels input').forEach((input, k) => { input.checked = k === label; });
  $('absent').hidden = Boolean(result);
  $('viewer').hidden = !result;
  figureTable($('figures'), `Figures of ${name}`, k => {
    const of = data.results.find(r => r.photo === photo && r.label === k);
    return of && Object.fromEntries(Object.entries(of.figures).map(([key, value]) => [key, {value}]));
  }, false);
  document.querySelectorAll('#figures tbody tr').forEach(row => row.classList.toggle('shown', Number(row.dataset.label) === label));
  if (!result) return;
  const pictures = [[$('before'), data.photos[photo].shown, `photo ${name}`], [$('after'), result.shown, `${name} as ${words}`]];
  for (const [image, from, alt] of pictures) Object.assign(image, {src: from.picture, alt});
  $('result-name').textContent = words;
  const rows = [['photo', data.photos[photo].shown.maps], [words, result.shown.maps]];
  $('maps').replaceChildren(
      element('thead', {}, element('tr', {}, element('td', {}), ...data.maps.map(title => element('th', {scope: 'col'}, title)))),
      element('tbody', {}, ...rows.map(([of, maps]) => element('tr', {}, element('th', {scope: 'row'}, of),
          ...maps.map((map, k) => element('td', {}, element('img', {src: map, alt: `${data.maps[k]} of ${name}, ${of}`})))))));
}

function divide() {
  const at = $('divide').value;
  $('compare').style.setProperty('--at', `${at}%`);
  $('divide').setAttribute('aria-valuetext', `${at} % photo`);
}

function setUpViewer() {
  data.photos.forEach((photo, i) => $('photo').append(element('option', {value: i}, photo.name)));
  data.labels.forEach((label, k) => $('labels').append(
      element('label', {}, element('input', {type: 'radio', name: 'label', onchange: () => show(shown.photo, k)}), ' ', mark(k), label.label)));
  const count = data.photos.length;
  $('photo').onchange = () => show(Number($('photo').value), shown.label);
  $('previous').onclick = () => show((shown.photo + count - 1) % count, shown.label);
  $('next').onclick = () => show((shown.photo + 1) % count, shown.label);
  $('divide').oninput = divide;
  divide();
}

function showNotes() {
  $('summary').textContent = `${data.results.length} results of ${data.photos.length} photos in ${data.labels.length} ${data.labels.length === 1 ? 'label' : 'labels'}, measured by impasto ${data.impasto}.`;
  for (const measure of data.measures) $('measures').append(element('dt', {}, measure.title), element('dd', {}, `${measure.text} ${measure.better === 'higher' ? 'More' : 'Less'} is better.`));
  const absent = [...data.missing, ...data.failures];
  if (absent.length) $('missing').append(element('h3', {}, 'What is missing'), element('ul', {}, ...absent.map(line => element('li', {}, line))));
  const paintings = data.labels.map(label => ({label: label.label, folder: label.folder, painting: label.painting}));
  $('settings').textContent = JSON.stringify({...data.settings, labels: paintings}, null, 1);
}

figureTable($('means'), 'Means by label', k => Object.fromEntries(data.measures.map(({key}) => {
  const {mean, low, high, count} = data.labels[k].means[key];
  return [key, {value: mean, small: count ? `${number(low, 2)} – ${number(high, 2)}` : ''}];
})), true);
showPlots();
setUpViewer();
showNotes();
if (data.results.length) show(data.results[0].photo, data.results[0].label);
