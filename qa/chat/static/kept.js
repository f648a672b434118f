// Runs once, before all else: what the panes share. The conversations are kept newest last.
window.pincite = {
  // On a narrow page the source stands below the answer; only who asks for it is taken there.
  narrow: () => window.innerWidth < 820,
  sourceWanted: false,
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
