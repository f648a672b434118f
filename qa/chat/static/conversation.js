// Runs once, for the conversation: `element` is the pane, `trigger` tells Python.
const copy = (button, text) => {
  const said = button.textContent;
  navigator.clipboard.writeText(text).then(() => {
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = said; }, 1500);
  });
};
const save = ({ name, content }) => {
  const link = document.createElement('a');
  link.href = `data:application/octet-stream;base64,${content}`;
  link.download = name;
  link.click();
};
const turns = () => [...element.querySelectorAll('.turn')];
const idOf = (turn) => Number(turn.dataset.turn);
const select = (turn) => turns().forEach((t) => t.classList.toggle('selected', t === turn));
const linkTo = (button) => {
  const name = props.collections[Number(button.closest('.turn').dataset.collection)];
  return `${location.origin}${location.pathname}?${button.dataset.link}&in=${encodeURIComponent(name)}`;
};
element.addEventListener('click', (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  if (on('ask')) return trigger('ask', { text: on('ask').dataset.ask });
  if (on('edit')) return trigger('edit', { text: on('edit').dataset.edit });
  if (on('copy')) return copy(on('copy'), on('copy').dataset.copy);
  if (on('link')) return copy(on('link'), linkTo(on('link')));
  if (on('save')) return trigger('save', { kind: on('save').dataset.save });
  const turn = on('turn');
  if (!turn) return;
  const id = idOf(turn);
  if (on('good')) return trigger('judge', { turn: id, good: on('good').dataset.good === 'yes', note: '' });
  // A click that ends a selection of words is none; one made by a key always is (its detail is 0).
  if (event.target.closest('input') || (event.detail && String(window.getSelection()))) return;
  select(turn);
  window.pincite.sourceWanted = true;
  // At once too: where this source is shown already, nothing changes that could be waited for.
  if (window.pincite.narrow()) window.pincite.showSource?.();
  trigger('click', { turn: id, number: Number(on('number')?.dataset.number ?? 1), page: 0 });
});
element.addEventListener('keydown', (event) => {
  const part = event.target.closest('[role=button]');
  if (part && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    return part.click();
  }
  const note = event.target.closest('[data-note]');
  if (!note || event.key !== 'Enter') return;
  trigger('judge', { turn: idOf(note.closest('.turn')), good: null, note: note.value });
});
// Makes `old` what `now` is, keeping what has not changed, and with it the focus.
const patch = (old, now) => {
  if (old.nodeName !== now.nodeName) return old.replaceWith(now);
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== now.data) old.data = now.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const [had, has] = [[...old.childNodes], [...now.childNodes]];
  has.forEach((child, at) => (had[at] ? patch(had[at], child) : old.append(child)));
  had.slice(has.length).forEach((child) => child.remove());
};
const show = (html) => {
  const made = document.createElement('template');
  made.innerHTML = html;
  const now = made.content.querySelector('.turn');
  const old = turns().find((turn) => idOf(turn) === idOf(now));
  if (!old) {
    const next = turns().find((turn) => idOf(turn) > idOf(now)) ?? element.querySelector('.saving');
    next.before(now);
  } else if (Number(now.dataset.revision) > Number(old.dataset.revision)) {
    now.classList.toggle('selected', old.classList.contains('selected'));
    patch(old, now);
  }
};
// The answers stay in this browser, so that the conversation can be opened again.
const keptTurn = (turn) => ({
  question: turn.querySelector('.asked').textContent,
  understood: turn.querySelector('.understood q')?.textContent ?? '',
  otherwise: [...turn.querySelectorAll('[data-ask]')].map((button) => button.dataset.ask),
  collection: props.collections[Number(turn.dataset.collection)],
  only: JSON.parse(turn.dataset.only),
  where: JSON.parse(turn.dataset.where),
  answer: JSON.parse(turn.querySelector('.footer').dataset.answer),
  when: turn.dataset.when || new Date().toLocaleString(),
});
const keep = (id) => {
  const all = turns();
  const answered = all.filter((turn) => turn.querySelector('.footer')).map(keptTurn);
  if (!answered.length || !all.at(-1).querySelector('.footer')) return;
  const kept = window.pincite.kept();
  const before = kept.find((c) => c.id === id);
  answered.forEach((turn, at) => { turn.when = before?.turns[at]?.when ?? turn.when; });
  const name = before?.name ?? answered[0].question;
  window.pincite.keep([...kept.filter((c) => c.id !== id), { id, name, when: Date.now(), turns: answered }]);
};
// Of all news so far: the first turn that is still there, and the change up to which all is known.
let first = 0;
let seen = 0;
watch('value', () => {
  const news = props.value;
  if (news.file) return save(news.file);
  first = Math.max(first, news.first);
  turns().filter((turn) => idOf(turn) < first).forEach((turn) => turn.remove());
  // What was said of turns that were cleared meanwhile comes too late.
  if (news.first === first) news.turns.forEach(show);
  // Of news in quick succession a page may see the last alone.
  if (news.since > seen) trigger('missed', { since: seen });
  else seen = Math.max(seen, news.revision);
  keep(news.conversation);
  const last = turns().at(-1);
  const pane = element.closest('#conversation');
  // To the newest turn, and once more when its answer has made room for it to reach the top.
  const answered = last?.querySelector('.short') ? 1 : 0;
  const state = last && `${idOf(last)} ${answered}`;
  if (last && state !== element.state) {
    select(last);
    window.pincite.sourceWanted = false;
    if (window.pincite.narrow()) last.scrollIntoView({ block: 'start', behavior: 'smooth' });
    else pane.scrollTo({ top: last.offsetTop - pane.offsetTop, behavior: 'smooth' });
  }
  element.state = state;
});
