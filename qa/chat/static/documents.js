// Runs once, for the documents panel: what a button says with `data-action` goes to Python.
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (!button) return;
  const { action, id } = button.dataset;
  trigger('click', { action, id: id ?? '' });
});
