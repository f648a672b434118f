// Runs once, for the conversation: `element` is the pane, `trigger` tells Python.
const copy = (button, text) => {
  const said = button.textContent;
  navigator.clipboard.writeText(text).then(() => {
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = said; }, 1500);
  });
};
const linkTo = (button) => {
  const name = props.collections[Number(button.closest('.turn').dataset.collection)];
  return `${location.origin}${location.pathname}?${button.dataset.link}&in=${encodeURIComponent(name)}`;
};
element.addEventListener('click', (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  if (on('edit')) return trigger('edit', { text: on('edit').dataset.edit });
  if (on('copy')) return copy(on('copy'), on('copy').dataset.copy);
  if (on('link')) return copy(on('link'), linkTo(on('link')));
  if (on('save')) return trigger('download', { kind: on('save').dataset.save });
  const turn = on('turn');
  if (!turn) return;
  const at = Number(turn.dataset.turn);
  if (on('good')) return trigger('like', { turn: at, good: on('good').dataset.good === 'yes', note: '' });
  if (event.target.closest('input') || String(window.getSelection())) return;
  element.querySelectorAll('.turn').forEach((t) => t.classList.toggle('selected', t === turn));
  window.pincite.sourceWanted = true;
  // At once too: where this source is shown already, nothing changes that could be waited for.
  if (window.pincite.narrow()) window.pincite.showSource?.();
  trigger('click', { turn: at, number: Number(on('number')?.dataset.number ?? 1), leaf: 0 });
});
element.addEventListener('keydown', (event) => {
  const note = event.target.closest('[data-note]');
  if (!note || event.key !== 'Enter') return;
  const turn = Number(note.closest('[data-turn]').dataset.turn);
  trigger('apply', { turn, good: null, note: note.value });
});
// The answers stay in this browser, so that the conversation can be opened again.
const keptTurn = (turn) => ({
  question: turn.querySelector('.asked').textContent,
  understood: turn.querySelector('.understood q')?.textContent ?? '',
  collection: props.collections[Number(turn.dataset.collection)],
  only: JSON.parse(turn.dataset.only),
  answer: JSON.parse(turn.querySelector('.footer').dataset.answer),
  when: turn.dataset.when || new Date().toLocaleString(),
});
const keep = () => {
  const all = [...element.querySelectorAll('.turn')];
  if (!all.length) { window.pincite.current = undefined; return; }
  const turns = all.filter((turn) => turn.querySelector('.footer')).map(keptTurn);
  if (!turns.length || !all.at(-1).querySelector('.footer')) return;
  const id = (window.pincite.current ??= `${Date.now()}-${Math.random()}`);
  const kept = window.pincite.kept();
  const before = kept.find((c) => c.id === id);
  turns.forEach((turn, at) => { turn.when = before?.turns[at]?.when ?? turn.when; });
  const name = before?.name ?? turns[0].question;
  window.pincite.keep([...kept.filter((c) => c.id !== id), { id, name, when: Date.now(), turns }]);
};
watch('value', () => {
  keep();
  const last = element.querySelector('.turn:last-of-type');
  const pane = element.closest('#conversation');
  // To the newest turn, and once more when its answer has made room for it to reach the top.
  const answered = last?.querySelector('.short') ? 1 : 0;
  const state = `${element.querySelectorAll('.turn').length} ${answered}`;
  if (last && state !== element.state) {
    window.pincite.sourceWanted = false;
    if (window.pincite.narrow()) last.scrollIntoView({ block: 'start', behavior: 'smooth' });
    else pane.scrollTo({ top: last.offsetTop - pane.offsetTop, behavior: 'smooth' });
  }
  element.state = state;
});
