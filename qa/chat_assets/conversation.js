// Runs once, for the conversation: `element` is the pane, `trigger` tells Python.
const copy = (button, text) => {
  const said = button.textContent;
  navigator.clipboard.writeText(text).then(() => {
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = said; }, 1500);
  });
};
const linkTo = (question) => `${location.origin}${location.pathname}?q=${encodeURIComponent(question)}`;
element.addEventListener('click', (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  if (on('edit')) return trigger('edit', { text: on('edit').dataset.edit });
  if (on('copy')) return copy(on('copy'), on('copy').dataset.copy);
  if (on('link')) return copy(on('link'), linkTo(on('link').dataset.link));
  if (on('save')) return trigger('download', { kind: on('save').dataset.save });
  const turn = on('turn');
  if (!turn) return;
  const at = Number(turn.dataset.turn);
  if (on('good')) return trigger('like', { turn: at, good: on('good').dataset.good === 'yes', note: '' });
  if (event.target.closest('input') || String(window.getSelection())) return;
  element.querySelectorAll('.turn').forEach((t) => t.classList.toggle('selected', t === turn));
  trigger('click', { turn: at, number: Number(on('number')?.dataset.number ?? 1), leaf: 0 });
});
element.addEventListener('keydown', (event) => {
  const note = event.target.closest('[data-note]');
  if (!note || event.key !== 'Enter') return;
  const turn = Number(note.closest('[data-turn]').dataset.turn);
  trigger('apply', { turn, good: null, note: note.value });
});
// The questions stay in this browser, so that the conversation can be opened again.
window.pincite ??= {};
const keep = () => {
  const turns = [...element.querySelectorAll('.turn')];
  if (!turns.length) { window.pincite.conversation = undefined; return; }
  if (!turns.at(-1).querySelector('.footer')) return;
  const questions = turns.map((turn) => ({
    question: turn.querySelector('.asked').textContent,
    collection: Number(turn.dataset.collection),
  }));
  const id = (window.pincite.conversation ??= `${Date.now()}-${Math.random()}`);
  let kept = [];
  try { kept = JSON.parse(localStorage.getItem('pincite-conversations')) ?? []; } catch { kept = []; }
  const before = kept.find((c) => c.id === id);
  const name = before?.name ?? questions[0].question;
  const others = kept.filter((c) => c.id !== id).slice(-199);
  const all = [...others, { id, name, when: Date.now(), questions }];
  localStorage.setItem('pincite-conversations', JSON.stringify(all));
  window.dispatchEvent(new Event('pincite-history'));
};
watch('value', () => {
  keep();
  const last = element.querySelector('.turn:last-of-type');
  const pane = element.closest('#conversation');
  // To the newest turn, and once more when its answer has made room for it to reach the top.
  const answered = last?.querySelector('.short') ? 1 : 0;
  const state = `${element.querySelectorAll('.turn').length} ${answered}`;
  if (last && state !== element.state) {
    pane.scrollTo({ top: last.offsetTop - pane.offsetTop, behavior: 'smooth' });
  }
  element.state = state;
});
