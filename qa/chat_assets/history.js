// Runs once, for the list of conversations, which never leaves this browser.
const KEY = 'pincite-conversations';
window.pincite ??= {};
const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
const write = (kept) => {
  localStorage.setItem(KEY, JSON.stringify(kept));
  window.dispatchEvent(new Event('pincite-history'));
};
const make = (tag, text, action) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (action) made.addEventListener('click', action);
  return made;
};
const change = (id, edit) => write(read().map((c) => (c.id === id ? edit(c) : c)));
const row = (kept) => {
  const item = document.createElement('li');
  const open = make('button', kept.name, () => {
    window.pincite.conversation = kept.id;
    trigger('select', { questions: kept.questions });
  });
  open.className = 'open';
  const when = make('span', new Date(kept.when).toLocaleString());
  const rename = make('button', 'Rename', () => {
    const name = window.prompt('Name of this conversation', kept.name)?.trim();
    if (name) change(kept.id, (c) => ({ ...c, name }));
  });
  const remove = make('button', 'Delete', () => {
    if (window.confirm(`Delete “${kept.name}”?`)) write(read().filter((c) => c.id !== kept.id));
  });
  item.append(open, when, rename, remove);
  return item;
};
const show = () => {
  const wanted = element.querySelector('input').value.toLowerCase();
  const kept = read().filter((c) => JSON.stringify([c.name, c.questions]).toLowerCase().includes(wanted));
  const list = element.querySelector('ul');
  list.replaceChildren(...kept.sort((a, b) => b.when - a.when).map(row));
  element.querySelector('.hint').hidden = kept.length > 0;
};
element.addEventListener('input', show);
window.addEventListener('pincite-history', show);
window.addEventListener('storage', show);
show();
