// Runs once, for the list of conversations, which never leaves this browser.
const make = (tag, text, action) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (action) made.addEventListener('click', action);
  return made;
};
const change = (id, edit) => window.pincite.keep(window.pincite.kept().map((c) => (c.id === id ? edit(c) : c)));
const row = (kept) => {
  const item = document.createElement('li');
  const open = make('button', kept.name, () => trigger('select', { id: kept.id, turns: kept.turns }));
  open.className = 'open';
  const when = make('span', new Date(kept.when).toLocaleString());
  const rename = make('button', 'Rename', () => {
    const name = window.prompt('Name of this conversation', kept.name)?.trim();
    if (name) change(kept.id, (c) => ({ ...c, name }));
  });
  const remove = make('button', 'Delete', () => {
    if (!window.confirm(`Delete “${kept.name}”?`)) return;
    window.pincite.keep(window.pincite.kept().filter((c) => c.id !== kept.id));
  });
  item.append(open, when, rename, remove);
  return item;
};
const show = () => {
  const wanted = element.querySelector('input').value.toLowerCase();
  // Other folders that were opened at this address have conversations of their own.
  const mine = (c) => c.turns?.every((turn) => props.collections.includes(turn.collection));
  const text = (c) => [c.name, ...c.turns.flatMap((t) => [t.question, t.answer.text])].join('\n');
  const kept = window.pincite.kept().filter(mine).filter((c) => text(c).toLowerCase().includes(wanted));
  const list = element.querySelector('ul');
  list.replaceChildren(...kept.sort((a, b) => b.when - a.when).map(row));
  element.querySelector('.hint').hidden = kept.length > 0;
};
element.addEventListener('input', show);
window.addEventListener('pincite-history', show);
window.addEventListener('storage', show);
show();
