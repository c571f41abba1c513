// Plain-JS stand-in for native-watchdog: leave when the parent has gone.
exports.start = (pid) => {
  setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      process.exit(1);
    }
  }, 3000).unref();
};
exports.exit = (code) => process.exit(code || 0);
