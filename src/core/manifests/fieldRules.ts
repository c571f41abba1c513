/** Rules about one field: a range that cannot be read, is of the wrong family, or has bits beyond its prefix. */
import { type Finding, finding, type Fix } from '../checks/check.js';
import { hasHostBits, parseCidr, formatRange } from '../ip/range.js';
import { formatPath, type Place } from '../network/place.js';
import { isPlaceholder, type ManifestDocument } from './documents.js';
import type { ManifestKind, RangeField } from './kinds/kind.js';
import { type TextSpan, type Value, valueAt } from './value.js';

/** What the rules say of themselves, for the documentation and settings. */
export const FIELD_RULES = {
  invalidRange: {
    code: 'CN590',
    title: 'A range cannot be read',
    explanation:
      'The text is not a CIDR as Go’s `net.ParseCIDR` reads it: an address, a slash and a prefix length, without leading zeros or zones. The component that reads the field does not start, or refuses the configuration.',
    source: {
      sentence:
        'ParseCIDR parses s as a CIDR notation IP address and prefix length, like "192.0.2.0/24" or "2001:db8::/32".',
      url: 'https://pkg.go.dev/net#ParseCIDR',
    },
  },
  hostBits: {
    code: 'CN591',
    title: 'A range has bits beyond its prefix',
    explanation:
      'The address before the slash is not the first of the range (`10.2.0.1/16`). Some readers refuse that; others cut the bits off without a word, so that another range is in force than the one a reader of the file sees. Fields in which such an address is meant (a gateway, an interface) are not reported.',
    source: {
      sentence: 'ParseCIDR("192.0.2.1/24") returns the IP address 192.0.2.1 and the network 192.0.2.0/24.',
      url: 'https://pkg.go.dev/net#ParseCIDR',
    },
  },
} as const;

interface Part {
  readonly text: string;
  readonly span: TextSpan;
}

/** The texts of a field, each with its exact place. */
function partsOf(value: Value, form: RangeField['form']): Part[] {
  if (value.kind === 'list') return value.items.flatMap((item) => (item === undefined ? [] : partsOf(item, 'one')));
  if (value.kind !== 'scalar') return [];
  if (form === 'one') return [{ text: value.text, span: value.spanWithin(0, value.text.length) ?? value.span }];
  let at = 0;
  return value.text.split(',').map((raw) => {
    const start = at + raw.length - raw.trimStart().length;
    const text = raw.trim();
    at += raw.length + 1;
    return { text, span: value.spanWithin(start, start + text.length) ?? value.span };
  });
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function judge(document: ManifestDocument, kind: ManifestKind, field: RangeField, part: Part): Finding | undefined {
  const place: Place = { kind: 'document', uri: document.uri, ...part.span };
  const name = formatPath(field.path.slice(-1));
  const subject = { place, label: `${name} in ${kind.title}`, text: part.text };
  const evidence = [`${formatPath(field.path)}: ${shorten(part.text)}`, kind.source];
  const cidr = parseCidr(part.text);
  if (!cidr.ok) {
    return finding(FIELD_RULES.invalidRange, {
      severity: 'error',
      message: `${name} “${shorten(part.text)}” ${cidr.reason}, so ${field.consequence}`,
      subjects: [subject],
      evidence,
    });
  }
  if (field.family !== 'any' && cidr.value.family !== field.family) {
    return finding(FIELD_RULES.invalidRange, {
      severity: 'error',
      message: `${name} ${part.text} is an IPv${cidr.value.family} range where an IPv${field.family} range belongs, so ${field.consequence}`,
      subjects: [subject],
      evidence,
    });
  }
  if (field.hostBits === 'intended' || !hasHostBits(cidr.value)) return undefined;
  const canonical = formatRange(cidr.value);
  const fix: Fix = { title: `Write ${canonical}`, edits: [{ place, newText: canonical }], preferred: true };
  return field.hostBits === 'rejected'
    ? finding(FIELD_RULES.hostBits, {
        severity: 'error',
        message: `${name} ${part.text} has bits beyond its prefix, which are refused here: the range is ${canonical}`,
        subjects: [subject],
        evidence,
        fixes: [fix],
      })
    : finding(FIELD_RULES.hostBits, {
        severity: 'warning',
        message: `${name} ${part.text} has bits beyond its prefix: what is in force is ${canonical}`,
        subjects: [subject],
        evidence,
        fixes: [fix],
      });
}

/** What the rules find in one document. A value that is still to be filled in, and an empty one, is passed over. */
export function checkFields(document: ManifestDocument, kind: ManifestKind): Finding[] {
  return kind.fields.flatMap((field) => {
    const value = valueAt(document.root, ...field.path);
    if (value === undefined) return [];
    return partsOf(value, field.form)
      .filter((part) => part.text !== '' && part.text !== 'null' && part.text !== '~' && !isPlaceholder(part.text))
      .flatMap((part) => judge(document, kind, field, part) ?? []);
  });
}
