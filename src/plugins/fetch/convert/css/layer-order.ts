const mostLayers = 2000;

/** A cascade layer; the outermost one stands for what is in none. */
export interface Layer {
  readonly inner: Map<string, Layer>;
  readonly parent: Layer | undefined;
  /** Where it stands among all layers, weakest first; what is in no layer wins over all. Known once all are named. */
  rank: number;
}

/** The layers of a page, in the order in which its sheets first name them. */
export class LayerOrder {
  readonly outermost: Layer = { inner: new Map(), parent: undefined, rank: 0 };
  #count = 0;
  #isRanked = true;

  /** The layer of that name (`a.b` for one inside another) in another one; a new one each time for no name. */
  named(name: string, around: Layer): Layer {
    let layer = around;
    for (const part of name.split('.', mostLayers)) {
      const key = part.trim() || `\n${this.#count}`;
      const known = layer.inner.get(key);
      if (known === undefined && this.#count >= mostLayers) return layer;
      layer = known ?? this.#added(key, layer);
    }
    return layer;
  }

  /** Gives each layer its rank: those inside one come before what is in it alone. */
  rank(): void {
    if (this.#isRanked) return;
    this.#isRanked = true;
    let rank = 0;
    const open = [{ layer: this.outermost, isDone: false }];
    for (let top = open.pop(); top; top = open.pop()) {
      const { layer, isDone } = top;
      if (isDone) layer.rank = rank++;
      else {
        open.push({ layer, isDone: true });
        for (const inner of [...layer.inner.values()].toReversed()) open.push({ layer: inner, isDone: false });
      }
    }
  }

  #added(key: string, parent: Layer): Layer {
    const layer: Layer = { inner: new Map(), parent, rank: 0 };
    parent.inner.set(key, layer);
    this.#count++;
    this.#isRanked = false;
    return layer;
  }
}
