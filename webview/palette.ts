/** The map's colours, taken from the theme; and hatching, so that a conflict is never told by colour alone. */
import { themeColour } from './page.js';

export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly dim: string;
  readonly card: string;
  readonly border: string;
  readonly podFrame: string;
  readonly serviceFrame: string;
  readonly pod: string;
  readonly hostNetwork: string;
  readonly outside: string;
  readonly cell: string;
  readonly error: string;
  readonly warning: string;
  readonly bus: string;
  readonly focus: string;
  readonly font: string;
  readonly mono: string;
  readonly highContrast: boolean;
  readonly errorHatch: CanvasPattern | string;
  readonly warningHatch: CanvasPattern | string;
}

function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  if (pen === null) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(-1, 7);
  pen.lineTo(7, -1);
  pen.moveTo(-1, 1);
  pen.lineTo(1, -1);
  pen.moveTo(5, 7);
  pen.lineTo(7, 5);
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

export function readPalette(context: CanvasRenderingContext2D): Palette {
  const styles = getComputedStyle(document.body);
  const colour = (name: string, fallback: string): string => themeColour(styles, name, fallback);
  const error = colour('editorError-foreground', 'errorForeground');
  const warning = colour('editorWarning-foreground', 'charts-yellow');
  return {
    background: colour('editor-background', 'editor-background'),
    text: colour('editor-foreground', 'foreground'),
    dim: colour('descriptionForeground', 'foreground'),
    card: colour('editorWidget-background', 'editor-background'),
    border: colour('contrastBorder', 'editorWidget-border'),
    podFrame: colour('charts-blue', 'foreground'),
    serviceFrame: colour('charts-purple', 'foreground'),
    pod: colour('charts-blue', 'foreground'),
    hostNetwork: colour('charts-green', 'foreground'),
    outside: colour('charts-orange', 'foreground'),
    cell: colour('editorIndentGuide-background1', 'editorWidget-border'),
    error,
    warning,
    bus: colour('charts-foreground', 'foreground'),
    focus: colour('focusBorder', 'foreground'),
    font: colour('font-family', 'editor-font-family'),
    mono: colour('editor-font-family', 'font-family'),
    highContrast:
      document.body.classList.contains('vscode-high-contrast') ||
      document.body.classList.contains('vscode-high-contrast-light'),
    errorHatch: hatch(context, error),
    warningHatch: hatch(context, warning),
  };
}
