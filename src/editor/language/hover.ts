/** Hovering a CIDR or an address in a manifest: its size, its first and last address, and what the range is reserved for. */
import * as vscode from 'vscode';
import { formatAddress, parseAddress } from '../../core/ip/address.js';
import { type Cidr, formatRange, hasHostBits, parseCidr, single, sizeOf } from '../../core/ip/range.js';
import { specialTouching } from '../../core/ip/special.js';
import { isManifest } from './manifestDocuments.js';

/** A run of the characters that addresses and CIDRs are written in. */
const CANDIDATE = /[0-9a-fA-F:.]{3,45}(?:\/\d{1,3})?/;

export class AddressHover implements vscode.HoverProvider {
  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    if (!isManifest(document)) return undefined;
    const range = document.getWordRangeAtPosition(position, CANDIDATE);
    const text = range && document.getText(range);
    if (text === undefined) return undefined;
    const lines = describe(text);
    if (lines === undefined) return undefined;
    // Built from numbers alone; nothing of the document is shown as markup.
    return new vscode.Hover(new vscode.MarkdownString(lines.join('  \n')), range);
  }
}

function describe(text: string): string[] | undefined {
  const cidr = parseCidr(text);
  if (cidr.ok) return describeCidr(cidr.value);
  const address = parseAddress(text);
  if (!address.ok || !/[.:]/.test(text)) return undefined;
  const special = specialTouching(single(address.value)).map(
    ({ name, rfc, cidr: block }) => `${block}: ${name} (${rfc})`,
  );
  return special.length === 0 ? undefined : [formatAddress(address.value), ...special];
}

function describeCidr(cidr: Cidr): string[] {
  const address = (value: bigint): string => formatAddress({ family: cidr.family, value });
  const size = sizeOf(cidr);
  const count = size.toLocaleString('en-US');
  const lines = [
    `**${formatRange(cidr)}** – ${count} ${size === 1n ? 'address' : 'addresses'}`,
    `${address(cidr.first)} – ${address(cidr.last)}`,
  ];
  if (hasHostBits(cidr)) lines.push(`the address ${formatAddress(cidr.address)} has bits beyond the prefix`);
  for (const { name, rfc, cidr: block } of specialTouching(cidr)) lines.push(`${block}: ${name} (${rfc})`);
  return lines;
}
