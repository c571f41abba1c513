// Plain-JS stand-in for the native @vscode/spdlog: appends lines to the log file.
const fs = require('fs'),
  path = require('path');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
class Logger {
  constructor(type, name, file) {
    this.file = file;
    this.level = 2;
    this.raw = false;
  }
  _w(l, m) {
    if (l >= this.level) {
      try {
        fs.appendFileSync(this.file, this.raw ? m : `${new Date().toISOString()} [${names[l]}] ${m}\n`);
      } catch {}
    }
  }
  trace(m) {
    this._w(0, m);
  }
  debug(m) {
    this._w(1, m);
  }
  info(m) {
    this._w(2, m);
  }
  warn(m) {
    this._w(3, m);
  }
  error(m) {
    this._w(4, m);
  }
  critical(m) {
    this._w(5, m);
  }
  getLevel() {
    return this.level;
  }
  setLevel(l) {
    this.level = l;
  }
  setPattern() {}
  clearFormatters() {
    this.raw = true;
  }
  flush() {}
  drop() {}
}
const create = async (type, name, file) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger(type, name, file);
};
exports.version = 0;
exports.setLevel = exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = (...a) => create('rotating', ...a);
exports.createAsyncRotatingLogger = (...a) => create('rotating_async', ...a);
