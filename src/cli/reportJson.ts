/**
 * The report as JSON for programs. Its shape is docs/report.schema.json; it only grows within one `format`: fields may be
 * added, none is removed or changes its meaning.
 */
import { formatRange } from '../core/ip/range.js';
import type { Finding } from '../core/checks/check.js';
import { formatPlace, type Place } from '../core/network/place.js';
import type { ClaimSummary } from '../kube/session.js';
import { documentationOf } from './documentation.js';
import type { Reported } from './picture.js';
import { countsOf } from './reportText.js';

/** The version of the shape. */
const FORMAT = 1;

const placeJson = (place: Place): object => {
  const text = formatPlace(place);
  switch (place.kind) {
    case 'object':
      return { text, object: place.object, path: place.path };
    case 'document':
      return { text, uri: place.uri, start: place.start, end: place.end };
    case 'workstation':
    case 'setting':
      return { text };
  }
};

const rangeJson = ({ claim, size, usedAddresses }: ClaimSummary): object => ({
  range: formatRange(claim.range),
  text: claim.text,
  role: claim.role,
  owner: claim.owner,
  node: claim.node ?? null,
  network: claim.network ?? null,
  provenance: claim.provenance,
  used: claim.used ?? null,
  repeats: claim.repeats ?? false,
  size,
  usedAddresses: usedAddresses ?? null,
  place: placeJson(claim.place),
});

const findingJson = (found: Finding): object => ({
  id: found.id,
  code: found.code,
  severity: found.severity,
  message: found.message,
  subjects: found.subjects.map(({ label, text, node, place }) => ({
    label,
    text,
    node: node ?? null,
    place: placeJson(place),
  })),
  moreSubjects: found.moreSubjects,
  evidence: found.evidence,
  documentation: documentationOf(found.code),
});

/** The report as one JSON value. */
export function reportJson({ source, simulated, readAt, picture }: Reported): object {
  const { reading } = picture;
  return {
    format: FORMAT,
    source,
    simulated,
    readAt,
    solution: {
      id: reading.solution,
      title: reading.title,
      version: reading.version ?? null,
      confidence: reading.confidence,
      evidence: reading.evidence.map(({ fact }) => fact),
      encapsulation: reading.datapath.encapsulation ?? null,
      mtu: reading.datapath.mtu ?? null,
      enforcesPolicies: reading.datapath.enforcesPolicies ?? null,
    },
    pods: { total: picture.podCount, withoutNode: picture.unscheduledCount },
    nodes: picture.nodes.map((node) => ({
      name: node.name,
      state: node.ready,
      stateMessage: node.readyMessage,
      internalIPs: node.internalIPs,
      podRanges: node.ranges.map(({ text, family, used, problem, place }) => ({
        text,
        family,
        used: used ?? null,
        problem: problem ?? null,
        place: placeJson(place),
      })),
      pods: node.podCount,
      kubeletVersion: node.kubeletVersion,
      os: node.os,
      unschedulable: node.unschedulable,
    })),
    ranges: picture.claims.map(rangeJson),
    findings: picture.findings.map(findingJson),
    counts: countsOf(picture.findings),
    gaps: picture.gaps,
  };
}
