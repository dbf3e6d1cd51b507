// Philox4x32-10 as engine/random.h has it: word `position` of the stream `seed`.
function bits(seed, position) {
  const low = 0xffffffffn;
  let [c0, c1, c2, c3] = [BigInt(Math.floor(position / 4)), 0n, 0n, 0n], [key0, key1] = [BigInt(seed), 0n];
  for (let round = 0; round < 10; round++) {
    const even = 0xD2511F53n * c0, odd = 0xCD9E8D57n * c2;
    [c0, c1, c2, c3] = [(odd >> 32n) ^ c1 ^ key0, odd & low, (even >> 32n) ^ c3 ^ key1, even & low];
    key0 = key0 + 0x9E3779B9n & low;
    key1 = key1 + 0xBB67AE85n & low;
  }
  return Number([c0, c1, c2, c3][position % 4]);
}

// Fisher and Yates. below(n) is a random number of 0..n-1.
function shuffle(list, below) {
  for (let i = list.length - 1; i > 0; i--) {
    const k = below(i + 1);
    [list[i], list[k]] = [list[k], list[i]];
  }
  return list;
}

// The pairs of a respondent, as {photo, left, right}, left and right being methods: data.count of all pairs in random order. Of any two
// methods each stands on the left in half of their pairs; of an odd number chance has the last.
function order(seed) {
  let position = 0;
  const below = n => Math.floor(bits(seed, position++) * n / 2 ** 32);
  const drawn = shuffle([...data.pairs], below).slice(0, data.count);
  const sides = new Map();
  for (const {methods} of drawn) sides.set(String(methods), (sides.get(String(methods)) ?? 0) + 1);
  for (const key of [...sides.keys()].sort()) {
    const count = sides.get(key), more = below(2);
    sides.set(key, shuffle(Array.from({length: count}, (_, k) => (k + more) % 2), below));
  }
  return drawn.map(({photo, methods}) => {
    const turned = sides.get(String(methods)).pop();
    return {photo, left: methods[turned], right: methods[1 - turned]};
  });
}

// A respondent's answers outlive a reload: as long as the tab is open the browser keeps them.
const kept = {
  name: `impasto-study-${data.study}`,
  get() { try { return JSON.parse(sessionStorage.getItem(this.name)); } catch { return null; } },
  set(value) { try { sessionStorage.setItem(this.name, JSON.stringify(value)); } catch { /* then they do not */ } },
};

const random = length => [...crypto.getRandomValues(new Uint32Array(length))];
function newcomer() {
  return {respondent: random(2).map(word => word.toString(16).padStart(8, '0')).join(''), seed: data.seed ?? random(1)[0],
          started: new Date().toISOString(), window: [innerWidth, innerHeight], at: 0, answers: []};
}

let run, pairs, saved = true;
let ready = false, since = 0;  // whether the pair can be answered, and when its pictures came

function only(id) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id;
  scrollTo(0, 0);
}

function start() {
  only('start');
  const old = kept.get();
  $('resume').hidden = !(old && old.at > 0);
  const count = data.count, painted = data.photos.some(photo => photo.painting !== null);
  $('task').textContent = `You will see ${count} ${count === 1 ? 'pair' : 'pairs'} of pictures. Both pictures of a pair were painted by a computer from the same photo${painted ? ', in the style of the same painting; photo and painting are' : ', which is'} shown above them. ${data.question}`;
}

function begin(from) {
  run = from;
  pairs = order(run.seed);
  saved = run.answers.length === 0;
  go(run.at);
}

function figure(picture, words) {
  return picture === null ? [] : [element('figure', {}, element('img', {src: data.pictures[picture], alt: `the ${words}`}), element('figcaption', {}, words))];
}

function choice(side, key, upper, picture) {
  return element('button', {type: 'button', className: 'choice', id: side, onclick: () => choose(side)}, element('img', {src: data.pictures[picture], alt: ''}),
                 element('div', {className: 'caption'}, element('kbd', {ariaHidden: 'true'}, key), ' ', element('span', {className: 'left'}, `${side} picture`),
                         element('span', {className: 'upper'}, `${upper} picture`)));
}

// The pair run.at. Its pictures come all at once, and from then on time counts.
async function show() {
  ready = false;
  const at = run.at, {photo, left, right} = pairs[at], {picture, painting, results} = data.photos[photo];
  const references = [...figure(picture, 'photo'), ...figure(painting, 'painting')];
  const choices = [choice('left', '←', 'upper', results[left]), choice('right', '→', 'lower', results[right])];
  const images = [...references, ...choices].map(each => each.querySelector('img'));
  await Promise.all(images.map(image => image.decode().catch(() => {})));
  const {naturalWidth: width, naturalHeight: height} = images[images.length - 1];
  $('choices').style.setProperty('--aspect', width / height);
  $('choices').style.setProperty('--widest', `${2 * width}px`);  // small pictures are not blown up
  $('choices').classList.toggle('wide', width > height);
  $('references').replaceChildren(...references);
  $('choices').replaceChildren(...choices);
  $('progress').max = pairs.length;
  $('progress').value = at;
  $('count').textContent = `${at + 1} of ${pairs.length}`;
  $('question').textContent = data.question;
  $('back').disabled = at === 0;
  mark();
  only('pair');
  $('question').focus();
  since = performance.now();
  ready = true;
}

function mark() {
  const chosen = run.answers[run.at]?.choice;
  for (const id of ['left', 'right', 'none']) $(id).setAttribute('aria-pressed', String(chosen === id));
}

// What comes within a quarter of a second is the second half of a double click.
function choose(side) {
  const looked = performance.now() - since;
  if (!ready || looked < 250) return;
  ready = false;
  run.answers[run.at] = {...pairs[run.at], choice: side, milliseconds: Math.round(looked + (run.answers[run.at]?.milliseconds ?? 0))};
  saved = false;
  mark();
  setTimeout(() => go(run.at + 1), 150);  // the choice is seen
}

function go(at) {
  run.at = at;
  kept.set(run);
  if (at < pairs.length) show(); else end();
}

function back() {
  if (ready && run.at > 0) go(run.at - 1);
}

function text() {
  const {respondent, seed, started, window, ended} = run;
  const head = {answers_of: 'impasto study', version: 1, study: data.study, key: data.key, title: data.title, question: data.question,
                respondent, seed, started, ended, window, pairs: pairs.length};
  const lines = run.answers.filter(Boolean).map(answer => `  ${JSON.stringify(answer)}`);
  return `${JSON.stringify(head, null, 1).slice(0, -2)},\n "answers": [\n${lines.join(',\n')}\n ]\n}\n`;
}

function end() {
  ready = false;
  run.ended = new Date().toISOString();
  const count = run.answers.filter(Boolean).length;
  $('said').textContent = count ? `You have answered ${count} of ${pairs.length} pairs. Your answers are nowhere but on this page yet: please save them and give the file to whoever asked you.`
      : 'You have answered nothing yet.';
  $('save').disabled = $('copy').disabled = count === 0;
  $('next').disabled = !saved;
  $('done').textContent = '';
  $('text').value = text();
  only('end');
  $('thanks').focus();
}

function save() {
  const link = element('a', {download: `answers-${run.respondent}.json`, href: URL.createObjectURL(new Blob([$('text').value], {type: 'application/json'}))});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  saved = true;
  $('next').disabled = false;
  $('done').textContent = `Saved as ${link.download}, where your browser puts downloads.`;
}

async function copy() {
  let copied = true;
  try {
    await navigator.clipboard.writeText($('text').value);
  } catch {
    document.querySelector('details').open = true;
    $('text').select();
    copied = document.execCommand('copy');
  }
  saved = saved || copied;
  $('next').disabled = !saved;
  $('done').textContent = copied ? 'Copied: paste it into a message.' : 'Your browser does not copy by itself: copy the selected text.';
}

function press(event) {
  if ($('pair').hidden || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  const onButton = document.activeElement.tagName === 'BUTTON';  // Space presses it
  const act = {ArrowLeft: () => choose('left'), ArrowRight: () => choose('right'), Backspace: back,
               ...(data.undecided && !onButton ? {' ': () => choose('none')} : {})}[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

document.title = $('title').textContent = data.title;
document.querySelectorAll('.undecided').forEach(each => { each.hidden = !data.undecided; });
const pressed = {begin: () => begin(newcomer()), resume: () => begin(kept.get()), back, none: () => choose('none'), stop: () => ready && end(), save, copy,
                 again: () => go(Math.min(run.at, pairs.length - 1)), next: () => begin(newcomer())};
for (const [id, act] of Object.entries(pressed)) $(id).onclick = act;
document.addEventListener('keydown', press);
addEventListener('beforeunload', event => { if (!saved) event.preventDefault(); });
start();
