// Runs once, for the pane beside the chat: `element` is the pane, `trigger` tells Python.
element.addEventListener('click', (event) => {
  const wanted = event.target.closest('[data-number]');
  if (!wanted || wanted.disabled) return;
  const { turn, number, page } = wanted.dataset;
  window.pincite.sourceWanted = true;
  trigger('click', { turn: Number(turn), number: Number(number), page: Number(page ?? 0) });
});
window.pincite.showSource = () => {
  const marked = element.querySelector('.box.now, mark, .near');
  const pane = element.closest('.tabitem');
  if (marked) marked.scrollIntoView({ block: 'center', behavior: 'instant' });
  else pane.scrollTop = 0;
};
watch('value', () => {
  if (!window.pincite.narrow() || window.pincite.sourceWanted) window.pincite.showSource();
});
