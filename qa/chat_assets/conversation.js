element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-example]');
  if (example) return trigger('example', { index: Number(example.dataset.example) });
  const edit = event.target.closest('[data-edit]');
  if (edit) return trigger('edit', { text: edit.dataset.edit });
  const turn = event.target.closest('[data-turn]');
  if (!turn || String(window.getSelection())) return;
  element.querySelectorAll('.turn').forEach((t) => t.classList.toggle('selected', t === turn));
  const number = Number(event.target.closest('[data-number]')?.dataset.number ?? 0);
  trigger('click', { turn: Number(turn.dataset.turn), number: number || 1, leaf: 0 });
});
watch('value', () => {
  const last = element.querySelector('.turn:last-child');
  const pane = element.closest('#conversation');
  if (last) pane.scrollTo({ top: last.offsetTop - pane.offsetTop, behavior: 'smooth' });
});
