import type { StepLoss } from './step-group.ts';

/** Mean training loss of the samples since the point before. */
export interface CurvePoint {
  readonly samples: number;
  readonly loss: number;
}

/** How far a stage has come, as its losses tell it. */
export interface LossCurveState {
  readonly samples: number;
  readonly stepsRead: number;
  readonly sinceLastPoint: CurvePoint;
  readonly points: readonly CurvePoint[];
  /** Samples per second of steps, without those that come too early. */
  readonly rates: Float64Array;
}

const curvePoints = 50;

/** The losses of a stage's steps as they are read, and the speed of the steps. */
export class LossCurve {
  samples: number;
  readonly points: CurvePoint[];
  private stepsRead: number;
  private sinceLastPoint: CurvePoint;
  private readonly earlierRates: Float64Array;
  private readonly ownRates: number[] = [];
  private readonly length: { readonly samples: number; readonly steps: number };
  private readonly learningRate: number;

  /** `length`: the steps of the stage, and about so many samples. `before`: another process has come so far. */
  constructor(length: LossCurve['length'], learningRate: number, before?: LossCurveState) {
    this.length = length;
    this.learningRate = learningRate;
    this.samples = before?.samples ?? 0;
    this.stepsRead = before?.stepsRead ?? 0;
    this.sinceLastPoint = before?.sinceLastPoint ?? { samples: 0, loss: 0 };
    this.points = [...(before?.points ?? [])];
    this.earlierRates = before?.rates ?? new Float64Array(0);
  }

  /** Takes steps that took so long together. Returns the new points. Throws Diverged for a loss that is no number. */
  add(losses: readonly StepLoss[], milliseconds: number): CurvePoint[] {
    const told = this.points.length;
    this.ownRates.push((1000 * losses.reduce((sum, { size }) => sum + size, 0)) / milliseconds);
    for (const { size, loss } of losses) {
      if (!Number.isFinite(loss)) throw new Diverged(this.samples, this.learningRate);
      this.samples += size;
      this.stepsRead++;
      const since = this.sinceLastPoint;
      this.sinceLastPoint = { samples: since.samples + size, loss: since.loss + loss * size };
      const isDue = this.sinceLastPoint.samples >= this.length.samples / curvePoints;
      if (isDue || this.stepsRead === this.length.steps) this.addPoint();
    }
    return this.points.slice(told);
  }

  /** Puts the rest of a stage that ends early on the curve. Returns the new points: one, or none. */
  end(): CurvePoint[] {
    const told = this.points.length;
    if (this.sinceLastPoint.samples > 0) this.addPoint();
    return this.points.slice(told);
  }

  /** Samples per second of every step but the first few of a process, which compile code and fill caches. */
  get rates(): Float64Array {
    const own = this.ownRates.slice(Math.min(5, Math.floor(this.ownRates.length / 2)));
    return Float64Array.from([...this.earlierRates, ...own]);
  }

  get state(): LossCurveState {
    const { samples, stepsRead, sinceLastPoint, points, rates } = this;
    return { samples, stepsRead, sinceLastPoint, points: [...points], rates };
  }

  private addPoint(): void {
    const { samples, loss } = this.sinceLastPoint;
    this.points.push({ samples: this.samples, loss: loss / samples });
    this.sinceLastPoint = { samples: 0, loss: 0 };
  }
}

export class Diverged extends Error {
  constructor(samples: number, learningRate: number) {
    super(`training diverged after ${samples} samples: try a --learning-rate below ${learningRate}`);
  }
}
