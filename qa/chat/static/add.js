// Runs once, for the place where files are dropped: `upload` sends one, `trigger` tells Python.
const status = element.querySelector('[role=status]');
// Like `webkitRelativePath`, but for folders that are dropped: pairs of path and file.
const filesIn = async (entry) => {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [[entry.fullPath.slice(1), file]];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const inner of some) found.push(...await filesIn(inner));
  }
};
// What would be refused is not sent, only named.
const wanted = (name, file) =>
  file.size <= props.largest && props.endings.some((ending) => name.toLowerCase().endsWith(ending));
const send = async (pairs) => {
  const files = [];
  for (const [name, file] of pairs) {
    status.textContent = `Copying ${files.length + 1} of ${pairs.length}: ${name}`;
    let path = null;
    if (wanted(name, file)) {
      try { ({ path } = await upload(file)); } catch { path = null; }
    }
    files.push({ name, size: file.size, path });
  }
  status.textContent = '';
  if (files.length) trigger('upload', { files });
};
// The system's own files, such as .DS_Store, are nobody's documents.
const visible = ([name]) => !name.split('/').some((part) => part.startsWith('.'));
const pick = (folder) => {
  const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
  input.webkitdirectory = folder;
  input.addEventListener('change', () => {
    const pairs = [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);
    send(folder ? pairs.filter(visible) : pairs);
  });
  input.click();
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-pick]');
  if (button) pick(button.dataset.pick === 'folder');
});
const over = (event) => {
  event.preventDefault();
  element.classList.toggle('over', event.type === 'dragover');
};
element.addEventListener('dragover', over);
element.addEventListener('dragleave', over);
element.addEventListener('drop', async (event) => {
  over(event);
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const found = await Promise.all(entries.map(async (entry) => {
    const pairs = await filesIn(entry);
    return entry.isFile ? pairs : pairs.filter(visible);
  }));
  send(found.flat());
});
