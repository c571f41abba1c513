import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Box, type Drawing, layout, targetAt } from '../../../src/core/map/layout.js';
import {
  type MapModel,
  type MapNode,
  type MapPod,
  type MapRange,
  MAX_PODS_DRAWN,
  targetKey,
} from '../../../src/core/map/model.js';

const pod = (name: string, offset: number): MapPod => ({
  namespace: 'shop',
  name,
  ips: [`10.0.0.${offset}`],
  offset,
  running: true,
  conflicts: [],
});
const range = (pods: readonly MapPod[], size = 256, used = true): MapRange => ({
  cidr: '10.0.0.0/24',
  source: 'spec.podCIDRs[0]',
  used,
  size,
  pods,
  conflicts: [],
});
const node = (name: string, parts: Partial<MapNode> = {}): MapNode => ({
  name,
  ips: ['192.168.1.2'],
  ready: 'Ready',
  ranges: [],
  outside: [],
  hostNetwork: [],
  withoutAddress: 0,
  conflicts: [],
  ...parts,
});
const model = (nodes: readonly MapNode[]): MapModel => ({
  context: 'test',
  simulated: false,
  bus: 'Flannel · vxlan',
  clusterRanges: [{ cidr: '10.96.0.0/12', role: 'service', source: 'ServiceCIDR kubernetes', conflicts: [] }],
  nodes,
  hiddenNodes: 0,
  podCount: 0,
  conflicts: [],
  readAt: '2026-01-01T00:00:00Z',
});

const within = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width + 1e-9 &&
  inner.y + inner.height <= outer.y + outer.height + 1e-9;
const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

function assertContained(drawing: Drawing): void {
  const frame = drawing.frames.find((shape) => shape.role === 'pod');
  assert.ok(frame);
  drawing.nodes.forEach((shape, index) => {
    assert.ok(within(frame.box, shape.box), 'a node lies in the pod network');
    for (const other of drawing.nodes.slice(index + 1)) assert.ok(apart(shape.box, other.box), 'nodes do not overlap');
    shape.areas.forEach((area, at) => {
      assert.ok(within(shape.box, area.box), 'a range lies in its node');
      for (const other of shape.areas.slice(at + 1))
        assert.ok(apart(area.box, other.box), 'ranges of a node do not overlap');
      for (const drawn of area.pods) assert.ok(within(area.box, drawn.box), 'a pod lies in its range');
    });
  });
}

const anyRange = fc
  .uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
  .map((offsets) => range(offsets.map((offset) => pod(`p${offset}`, offset))));
const anyNode = fc.record({
  ranges: fc.array(anyRange, { maxLength: 2 }),
  outside: fc.nat({ max: 40 }),
  host: fc.nat({ max: 20 }),
});

test('containment holds for any cluster, and what is drawn is found at its centre', () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 12 }), (nodes) => {
      const built = nodes.map((parts, index) =>
        node(`node-${index}`, {
          ranges: parts.ranges.map((one, at) => ({
            ...one,
            cidr: `10.${at}.0.0/24`,
            pods: one.pods.map((shown) => ({ ...shown, name: `${index}-${at}-${shown.name}` })),
          })),
          outside: Array.from({ length: parts.outside }, (_, at) => pod(`${index}-o${at}`, -1)),
          hostNetwork: Array.from({ length: parts.host }, (_, at) => pod(`${index}-h${at}`, -1)),
        }),
      );
      const drawing = layout(model(built));
      assertContained(drawing);
      for (const shape of drawing.nodes) {
        for (const area of shape.areas) {
          for (const drawn of area.pods) {
            const found = targetAt(drawing, drawn.box.x + drawn.box.width / 2, drawn.box.y + drawn.box.height / 2);
            assert.equal(found && targetKey(found), targetKey(drawn.target));
          }
        }
      }
      assert.deepEqual(layout(model(built)), drawing, 'the same model gives the same drawing');
    }),
    { numRuns: 60 },
  );
});

test('pods of one address share its cell and both can be pointed at', () => {
  const drawing = layout(model([node('node-1', { ranges: [range([pod('a', 2), pod('b', 2), pod('c', 3)])] })]));
  const [a, b, c] = drawing.nodes[0]?.areas[0]?.pods ?? [];
  assert.ok(a && b && c);
  assert.ok(apart(a.box, b.box));
  assert.equal(a.box.y, b.box.y);
  assert.equal(a.box.width + b.box.width, c.box.width);
});

test('a large range shows its pods in order, up to a limit that is told', () => {
  const pods = Array.from({ length: MAX_PODS_DRAWN + 5 }, (_, at) => pod(`p${at}`, at * 7));
  const drawing = layout(model([node('node-1', { ranges: [range(pods, 65536)] })]));
  const area = drawing.nodes[0]?.areas[0];
  assert.equal(area?.cells, 0);
  assert.equal(area?.podsNotDrawn, 5);
  assertContained(drawing);
});

test('a cluster without nodes is an empty frame, not an error', () => {
  const drawing = layout(model([]));
  assert.deepEqual(drawing.nodes, []);
  assert.ok(drawing.width > 0 && drawing.height > 0);
  assert.equal(targetAt(drawing, 10, 10), undefined);
});
