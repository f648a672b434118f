// Runs once, for the pane beside the chat: `element` is the pane, `trigger` tells Python.
element.addEventListener('click', (event) => {
  const wanted = event.target.closest('[data-number]');
  if (!wanted || wanted.disabled) return;
  const { turn, number, leaf } = wanted.dataset;
  window.pincite.sourceWanted = true;
  trigger('click', { turn: Number(turn), number: Number(number), leaf: Number(leaf ?? 0) });
});
watch('value', () => {
  const wanted = window.pincite.sourceWanted;
  window.pincite.sourceWanted = false;
  if (window.pincite.narrow() && !wanted) return;
  const marked = element.querySelector('.box.now, mark, .near');
  const pane = element.closest('.tabitem');
  if (marked) marked.scrollIntoView({ block: 'center', behavior: 'instant' });
  else pane.scrollTop = 0;
});
