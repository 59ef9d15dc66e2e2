// Loaded into a child process before anything else: it ends itself when the script that started it is gone.

/** How long it may take to end in good order, milliseconds. */
const GRACE_MS = 30_000;

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
