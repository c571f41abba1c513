/**
 * What the view *Network* shows, as elements: one instance for one thing for as long as the thing is there, so that the
 * workbench keeps expansion and selection, and a stable id made of context, kind and identity.
 */
import type * as vscode from 'vscode';
import type { Gap } from '../../core/network/facts.js';
import { nodeRef, type ObjectRef, podRef } from '../../core/network/place.js';
import type { NodeSummary, PodSummary, RangeSummary, UnreadNode } from '../../kube/session.js';
import { nodeTarget, podTarget, rangeTarget, type Target } from '../commands/target.js';
import { podIdentity, PodList } from './podList.js';

/** The context and what it leads to, on top. */
export class ContextElement {
  readonly kind = 'context';
  readonly id: string;
  readonly parent = undefined;
  readonly context: string;
  constructor(context: string) {
    this.context = context;
    this.id = `${context}/context`;
  }
}

/** A row with words and perhaps one thing to do: states that are no welcome view because they carry an error's own words. */
export class NoteElement {
  readonly kind = 'note';
  readonly id: string;
  readonly parent: NetworkElement | undefined;
  readonly label: string;
  readonly icon: string;
  readonly command: vscode.Command | undefined;
  constructor(parts: { id: string; parent?: NetworkElement; label: string; icon: string; command?: vscode.Command }) {
    this.id = parts.id;
    this.parent = parts.parent;
    this.label = parts.label;
    this.icon = parts.icon;
    this.command = parts.command;
  }
}

/** Everything that could not be read. */
export class GapsElement {
  readonly kind = 'gaps';
  readonly id: string;
  readonly parent = undefined;
  gaps: readonly GapElement[] = [];
  constructor(context: string) {
    this.id = `${context}/gaps`;
  }
}
export class GapElement {
  readonly kind = 'gap';
  readonly id: string;
  readonly parent: GapsElement;
  readonly gap: Gap;
  constructor(parent: GapsElement, gap: Gap) {
    this.parent = parent;
    this.gap = gap;
    this.id = `${parent.id}/${gap.resource}`;
  }
}

export class NodeElement {
  readonly kind = 'node';
  readonly id: string;
  readonly parent = undefined;
  readonly context: string;
  readonly pods: PodList<PodElement>;
  /** False for a node that only pods tell of. */
  readonly readable: boolean;
  summary: NodeSummary;
  ranges: readonly RangeElement[] = [];
  constructor(context: string, summary: NodeSummary, readable: boolean) {
    this.context = context;
    this.readable = readable;
    this.id = `${context}/node/${summary.uid === '' ? summary.name : summary.uid}`;
    this.summary = summary;
    this.pods = new PodList((pod) => new PodElement(this, pod));
    this.update(summary);
  }
  get ref(): ObjectRef {
    return nodeRef(this.summary.name);
  }
  get target(): Target {
    return nodeTarget(this.summary.name, this.summary.internalIPs);
  }
  /** Takes the new summary; elements of ranges that are still there stay the same. */
  update(summary: NodeSummary): void {
    this.summary = summary;
    this.ranges = summary.ranges.map((range) => {
      const id = `${this.id}/range/${range.placeText}/${range.text}`;
      const kept = this.ranges.find((element) => element.id === id);
      if (kept === undefined) return new RangeElement(this, id, range);
      kept.range = range;
      return kept;
    });
  }
}

export class RangeElement {
  readonly kind = 'range';
  readonly id: string;
  readonly parent: NodeElement;
  range: RangeSummary;
  constructor(parent: NodeElement, id: string, range: RangeSummary) {
    this.parent = parent;
    this.id = id;
    this.range = range;
  }
  get target(): Target {
    return rangeTarget(this.range.text, this.range.place);
  }
}

/** What is known of a node that only pods tell of. */
export const unreadNode = ({ name, podCount }: UnreadNode): NodeSummary => ({
  name,
  uid: '',
  internalIPs: [],
  ready: 'Unknown',
  readyMessage: '',
  ranges: [],
  podCount,
  kubeletVersion: '',
  os: '',
  unschedulable: false,
});

/** Pods that no node runs. */
export class UnscheduledElement {
  readonly kind = 'unscheduled';
  readonly id: string;
  readonly parent = undefined;
  readonly context: string;
  readonly pods: PodList<PodElement>;
  count = 0;
  constructor(context: string) {
    this.context = context;
    this.id = `${context}/unscheduled`;
    this.pods = new PodList((pod) => new PodElement(this, pod));
  }
}

export class PodElement {
  readonly kind = 'pod';
  readonly id: string;
  readonly parent: PodParent;
  summary: PodSummary;
  constructor(parent: PodParent, summary: PodSummary) {
    this.parent = parent;
    this.summary = summary;
    this.id = `${parent.context}/pod/${podIdentity(summary)}`;
  }
  get ref(): ObjectRef {
    return podRef(this.summary.namespace, this.summary.name);
  }
  get target(): Target {
    return podTarget(this.summary.namespace, this.summary.name, this.summary.ips);
  }
}

/** Stands below a list that is shown in part. */
export class MoreElement {
  readonly kind = 'more';
  readonly id: string;
  readonly parent: PodParent | undefined;
  /** How many are not shown. */
  remaining = 0;
  constructor(parent: PodParent | undefined, context: string) {
    this.parent = parent;
    this.id = parent === undefined ? `${context}/more` : `${parent.id}/more`;
  }
}

export type PodParent = NodeElement | UnscheduledElement;
export type NetworkElement =
  | ContextElement
  | NoteElement
  | GapsElement
  | GapElement
  | NodeElement
  | RangeElement
  | UnscheduledElement
  | PodElement
  | MoreElement;
