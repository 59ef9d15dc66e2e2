// Loaded into a child process before anything else: it ends itself when the script that started it is gone.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
