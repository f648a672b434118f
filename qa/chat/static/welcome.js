// Runs once, for what stands where the conversation will be.
element.addEventListener('click', (event) => {
  const example = event.target.closest('[data-example]');
  if (example) trigger('example', { text: example.dataset.example });
});
