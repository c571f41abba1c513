/**
 * Paints a drawing on a canvas, with level of detail: what would be too small to read or to tell apart is not painted.
 *
 * Everything outside of the view is skipped, so that a frame costs what is seen.
 */
import type { AreaShape, Box, Drawing, FrameShape, NodeShape, PodShape } from '../src/core/map/layout.js';
import { CELL, COLUMNS } from '../src/core/map/layout.js';
import { type MapModel, type MapTarget, targetKey } from '../src/core/map/model.js';
import type { Palette } from './palette.js';

export interface View {
  /** Screen = world × k + (x, y), in CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly k: number;
  readonly width: number;
  readonly height: number;
}

/** Below these zooms, cells of free addresses, single pods, and small texts are left out. */
const CELLS_FROM = 0.6;
const PODS_FROM = 0.28;
const SMALL_TEXT_FROM = 0.5;

export interface Marks {
  readonly selected: MapTarget | undefined;
  readonly focused: MapTarget | undefined;
  /** Index of the conflict that is pointed out; others are painted fainter. */
  readonly conflict: number | undefined;
}

export class Painter {
  readonly #pen: CanvasRenderingContext2D;
  readonly #palette: Palette;
  readonly #model: MapModel;
  readonly #view: View;
  readonly #marks: Marks;

  constructor(pen: CanvasRenderingContext2D, palette: Palette, model: MapModel, view: View, marks: Marks) {
    this.#pen = pen;
    this.#palette = palette;
    this.#model = model;
    this.#view = view;
    this.#marks = marks;
  }

  paint(drawing: Drawing, pixelRatio: number): void {
    const { x, y, k, width, height } = this.#view;
    const pen = this.#pen;
    pen.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    pen.fillStyle = this.#palette.background;
    pen.fillRect(0, 0, width, height);
    pen.setTransform(pixelRatio * k, 0, 0, pixelRatio * k, pixelRatio * x, pixelRatio * y);
    pen.textBaseline = 'alphabetic';
    for (const frame of drawing.frames) if (this.#visible(frame.box)) this.#frame(frame);
    this.#bus(drawing);
    for (const node of drawing.nodes) if (this.#visible(node.box)) this.#node(node);
  }

  #visible(box: Box): boolean {
    const { x, y, k, width, height } = this.#view;
    return (
      box.x * k + x < width &&
      (box.x + box.width) * k + x > 0 &&
      box.y * k + y < height &&
      (box.y + box.height) * k + y > 0
    );
  }

  /** Worst severity among conflicts, as colours; undefined without any. */
  #alarm(conflicts: readonly number[]): { colour: string; pattern: CanvasPattern | string; codes: string } | undefined {
    if (conflicts.length === 0) return undefined;
    const found = conflicts.flatMap((index) => this.#model.conflicts[index] ?? []);
    const error = found.some((conflict) => conflict.severity === 'error');
    const codes = [...new Set(found.map((conflict) => conflict.code))].join(' ');
    return error
      ? { colour: this.#palette.error, pattern: this.#palette.errorHatch, codes }
      : { colour: this.#palette.warning, pattern: this.#palette.warningHatch, codes };
  }

  #hatch(box: Box, conflicts: readonly number[]): void {
    const alarm = this.#alarm(conflicts);
    if (alarm === undefined) return;
    const pen = this.#pen;
    const faint = this.#marks.conflict !== undefined && !conflicts.includes(this.#marks.conflict);
    pen.globalAlpha = faint ? 0.15 : box.width > CELL ? 0.45 : 1;
    pen.fillStyle = alarm.pattern;
    pen.fillRect(box.x, box.y, box.width, box.height);
    pen.globalAlpha = faint ? 0.4 : 1;
    pen.strokeStyle = alarm.colour;
    pen.lineWidth = 1.5;
    pen.strokeRect(box.x, box.y, box.width, box.height);
    pen.globalAlpha = 1;
  }

  #text(
    text: string,
    x: number,
    y: number,
    maxWidth: number,
    style: { size: number; colour: string; bold?: boolean; mono?: boolean; right?: boolean },
  ): void {
    if (style.size < 12 && this.#view.k < SMALL_TEXT_FROM) return;
    const pen = this.#pen;
    pen.font = `${style.bold === true ? '600 ' : ''}${style.size}px ${style.mono === true ? this.#palette.mono : this.#palette.font}`;
    pen.fillStyle = style.colour;
    pen.textAlign = style.right === true ? 'right' : 'left';
    let shown = text;
    if (pen.measureText(shown).width > maxWidth) {
      while (shown.length > 1 && pen.measureText(`${shown}…`).width > maxWidth) shown = shown.slice(0, -1);
      shown = `${shown}…`;
    }
    pen.fillText(shown, x, y);
  }

  #frame(frame: FrameShape): void {
    const pen = this.#pen;
    const colour = frame.role === 'pod' ? this.#palette.podFrame : this.#palette.serviceFrame;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash(frame.role === 'service' ? [6, 4] : []);
    pen.beginPath();
    pen.roundRect(frame.box.x, frame.box.y, frame.box.width, frame.box.height, 6);
    pen.stroke();
    pen.setLineDash([]);
    const alarm = this.#alarm(frame.conflicts);
    const title = alarm === undefined ? frame.title : `${frame.title}  ⚠ ${alarm.codes}`;
    this.#text(title, frame.box.x + 12, frame.box.y + 18, frame.box.width - 24, {
      size: 13,
      colour: alarm?.colour ?? this.#palette.text,
      bold: true,
    });
  }

  #bus(drawing: Drawing): void {
    const pen = this.#pen;
    pen.strokeStyle = this.#palette.bus;
    pen.lineWidth = 2.5;
    pen.beginPath();
    for (const line of drawing.bus.lines) {
      pen.moveTo(line.x1, line.y1);
      pen.lineTo(line.x2, line.y2);
    }
    for (const node of drawing.nodes) {
      pen.moveTo(node.tap.x, node.box.y + node.box.height);
      pen.lineTo(node.tap.x, node.tap.y);
    }
    pen.stroke();
    if (drawing.bus.label !== '') {
      this.#text(drawing.bus.label, drawing.bus.labelAt.x, drawing.bus.labelAt.y + 15, drawing.width, {
        size: 12,
        colour: this.#palette.dim,
      });
    }
  }

  #node(node: NodeShape): void {
    const pen = this.#pen;
    const { box } = node;
    pen.fillStyle = this.#palette.card;
    pen.strokeStyle = this.#palette.border;
    pen.lineWidth = this.#palette.highContrast ? 2 : 1;
    pen.beginPath();
    pen.roundRect(box.x, box.y, box.width, box.height, 4);
    pen.fill();
    pen.stroke();
    const alarm = this.#alarm(node.conflicts);
    const state = node.ready === 'Ready' ? '' : `⚠ ${node.ready}`;
    const mark = [state, alarm === undefined ? '' : alarm.codes].filter((text) => text !== '').join(' ');
    // Names stay readable for longer than what stands below them.
    const size = Math.min(26, Math.max(13, 10 / this.#view.k));
    this.#text(node.title, box.x + 12, box.y + 6 + size, box.width - 24 - (mark === '' ? 0 : 90), {
      size,
      colour: this.#palette.text,
      bold: true,
    });
    if (mark !== '')
      this.#text(mark, box.x + box.width - 12, box.y + 19, 90, {
        size: Math.min(size, 20),
        colour: alarm?.colour ?? this.#palette.warning,
        right: true,
      });
    this.#text(node.subtitle, box.x + 12, box.y + 36, box.width - 24, {
      size: 11,
      colour: this.#palette.dim,
      mono: true,
    });
    for (const area of node.areas) if (this.#visible(area.box)) this.#area(area);
    this.#ring(box, node.target);
  }

  #area(area: AreaShape): void {
    const pen = this.#pen;
    const { box, grid } = area;
    const colour =
      area.kind === 'outside'
        ? this.#palette.outside
        : area.kind === 'hostNetwork'
          ? this.#palette.hostNetwork
          : this.#palette.podFrame;
    pen.strokeStyle = area.used ? colour : this.#palette.dim;
    pen.lineWidth = 1;
    pen.setLineDash(area.used && area.kind === 'range' ? [] : [3, 3]);
    pen.strokeRect(box.x, box.y, box.width, box.height);
    pen.setLineDash([]);
    this.#hatch(box, area.conflicts);
    const alarm = this.#alarm(area.conflicts);
    const note = alarm === undefined ? area.note : `⚠ ${alarm.codes} · ${area.note}`;
    this.#text(area.title, box.x + 6, box.y + 14, box.width * 0.56, {
      size: 11,
      colour: this.#palette.text,
      mono: area.kind === 'range',
      bold: alarm !== undefined,
    });
    this.#text(note, box.x + box.width - 6, box.y + 14, box.width * 0.42, {
      size: 11,
      colour: alarm?.colour ?? this.#palette.dim,
      right: true,
    });
    if (area.cells > 0 && this.#view.k >= CELLS_FROM) {
      pen.fillStyle = this.#palette.cell;
      for (let cell = 0; cell < area.cells; cell++) {
        pen.fillRect(
          grid.x + (cell % COLUMNS) * CELL + CELL / 2 - 1,
          grid.y + Math.floor(cell / COLUMNS) * CELL + CELL / 2 - 1,
          2,
          2,
        );
      }
    }
    if (this.#view.k < PODS_FROM) {
      // Too small to tell pods apart: a bar as long as the range is full.
      const full = area.cells > 0 ? area.pods.length / area.cells : Math.min(1, area.pods.length / COLUMNS / 8);
      pen.fillStyle = colour;
      pen.fillRect(grid.x, grid.y, grid.width * Math.min(1, full), Math.min(grid.height, CELL * 2));
      for (const pod of area.pods) if (pod.conflicts.length > 0) this.#pod(pod, colour);
    } else {
      for (const pod of area.pods) this.#pod(pod, colour);
    }
    if (area.podsNotDrawn > 0) {
      this.#text(`and ${area.podsNotDrawn} more`, box.x + box.width - 6, box.y + box.height - 4, box.width, {
        size: 11,
        colour: this.#palette.dim,
        right: true,
      });
    }
    if (area.target !== undefined) this.#ring(box, area.target);
  }

  #pod(pod: PodShape, colour: string): void {
    const pen = this.#pen;
    const { box } = pod;
    const alarm = this.#alarm(pod.conflicts);
    if (alarm !== undefined) {
      pen.fillStyle = this.#palette.background;
      pen.fillRect(box.x, box.y, box.width, box.height);
      this.#hatch(box, pod.conflicts);
    } else if (pod.running) {
      pen.fillStyle = colour;
      pen.fillRect(box.x, box.y, box.width, box.height);
    } else {
      pen.strokeStyle = colour;
      pen.lineWidth = 1.5;
      pen.strokeRect(box.x + 1, box.y + 1, box.width - 2, box.height - 2);
    }
    this.#ring(box, pod.target);
  }

  #ring(box: Box, target: MapTarget): void {
    const key = targetKey(target);
    const { selected, focused } = this.#marks;
    const isFocused = focused !== undefined && targetKey(focused) === key;
    const isSelected = selected !== undefined && targetKey(selected) === key;
    if (!isFocused && !isSelected) return;
    const pen = this.#pen;
    pen.strokeStyle = this.#palette.focus;
    pen.lineWidth = Math.max(2, 2 / this.#view.k);
    pen.setLineDash(isFocused && !isSelected ? [4, 3] : []);
    pen.strokeRect(box.x - 2, box.y - 2, box.width + 4, box.height + 4);
    pen.setLineDash([]);
  }
}
