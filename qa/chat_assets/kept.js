// Runs once, before all else: the conversations that this browser keeps, newest last.
window.pincite = {
  current: undefined,
  kept() {
    try { return JSON.parse(localStorage.getItem('pincite-conversations')) ?? []; } catch { return []; }
  },
  keep(conversations) {
    // The store is small; where it is full, the oldest conversations make room.
    for (let all = conversations; all.length; all = all.slice(1)) {
      try { localStorage.setItem('pincite-conversations', JSON.stringify(all)); break; } catch { continue; }
    }
    if (!conversations.length) localStorage.removeItem('pincite-conversations');
    window.dispatchEvent(new Event('pincite-history'));
  },
};
