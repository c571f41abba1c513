/**
 * The programs called `nc`: four families with different options and different sentences.
 *
 * openbsd, ncat and traditional can connect without sending (`-z`) and speak (`-v`). busybox can do neither as Debian builds
 * it; it connects, and ends when both sides have closed. https://man.openbsd.org/nc.1, https://nmap.org/ncat/guide/
 */
import { formatAddress } from '../../ip/address.js';
import { readErrno } from './errnoWords.js';
import { answered, failed, failureOf, limitMsOf, type Method, type Tool, unexplained } from './tool.js';

const TITLE = 'nc';

const speaking: Method = {
  args: ({ program }, target) => [
    program,
    '-z',
    '-v',
    '-n',
    '-w',
    String(target.limitSeconds),
    formatAddress(target.address),
    String(target.port),
  ],
  read: (run, target) => {
    const failure = failureOf(run);
    if (failure !== null) return failed(TITLE, failure);
    if (run.exit.kind === 'code' && run.exit.code === 0) return { outcome: answered() };
    const outcome = readErrno(`${run.stderr}\n${run.stdout}`, limitMsOf(target));
    return outcome === undefined ? unexplained(TITLE, run) : { outcome };
  },
};

const busybox: Method = {
  args: ({ program }, target) => [
    ...(program.endsWith('busybox') ? [program, 'nc'] : [program]),
    '-w',
    String(target.limitSeconds),
    formatAddress(target.address),
    String(target.port),
  ],
  read: (run, target) => {
    // `-w` ends the attempt to connect. A program that is still there well after that has its connection, and waits for
    // the other side to close it.
    if (run.exit.kind === 'timeLimit')
      return run.exit.limitMs >= limitMsOf(target) + 2000 && run.stderr === ''
        ? { outcome: answered() }
        : failed(TITLE, { kind: 'timeLimit', limitMs: run.exit.limitMs });
    return speaking.read(run, target);
  },
};

function recognise(text: string): string | undefined {
  if (/BusyBox/.test(text)) return 'busybox';
  if (/\bncat\b/i.test(text)) return 'ncat';
  if (/OpenBSD|\[-46[A-Za-z]*z[A-Za-z]*\]/.test(text)) return 'openbsd';
  if (/\[v1\.10/.test(text)) return 'traditional';
  return undefined;
}

export const netcat: Tool = {
  id: 'nc',
  title: TITLE,
  programs: ['nc', 'ncat', 'netcat', 'nc.openbsd', 'nc.traditional'],
  introduction: ['-h'],
  recognise,
  method: (channel, dialect) => (channel !== 'tcp' ? undefined : dialect === 'busybox' ? busybox : speaking),
};

/** The busybox program itself, where an image has it without the links to its applets. */
export const busyboxNetcat: Tool = {
  id: 'busybox',
  title: 'busybox nc',
  programs: ['busybox', '/bin/busybox'],
  introduction: ['nc', '--help'],
  recognise: (text) => (/BusyBox/.test(text) && /Usage: nc/.test(text) ? 'busybox' : undefined),
  method: (channel) => (channel === 'tcp' ? busybox : undefined),
};
