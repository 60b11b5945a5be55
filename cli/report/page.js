// Copies the SQL next to a button. If the clipboard is not available to local files, selects the text instead.
for (const button of document.querySelectorAll('button.copy')) {
  button.addEventListener('click', async () => {
    const code = button.closest('details').querySelector('pre code');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  });
}
// Prints the collapsed tables but not the SQL.
const folds = [];
addEventListener('beforeprint', () => {
  for (const fold of document.querySelectorAll('details:first-child:not([open])')) {
    fold.open = true;
    folds.push(fold);
  }
});
addEventListener('afterprint', () => {
  for (const fold of folds.splice(0)) fold.open = false;
});
