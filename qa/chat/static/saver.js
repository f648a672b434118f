// Runs once, for a hidden element: what Python puts into it is saved as a file.
watch('value', () => {
  const made = element.querySelector('[data-file]');
  if (!made) return;
  const link = document.createElement('a');
  link.href = `data:application/octet-stream;base64,${made.dataset.file}`;
  link.download = made.dataset.name;
  link.click();
});
