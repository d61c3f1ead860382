const NOTES_HZ = [660, 880];
const NOTE_SECONDS = 0.12;
const LOUDNESS = 0.12;
/** Of several messages at once one is heard. */
const PAUSE_MS = 2_000;

/** A short sound of two notes, made by the browser: no file is loaded for it. */
export class Sound {
  /** @type {AudioContext | null} */
  #context = null;
  #playedAt = -Infinity;

  async play() {
    if (performance.now() - this.#playedAt < PAUSE_MS) return;
    this.#playedAt = performance.now();
    this.#context ??= new AudioContext();
    // Before anybody touched the page a browser keeps it silent.
    await this.#context.resume();
    NOTES_HZ.forEach((note, index) => this.#note(note, index * NOTE_SECONDS));
  }

  /**
   * @param {number} hertz
   * @param {number} after in seconds
   */
  #note(hertz, after) {
    const context = /** @type {AudioContext} */ (this.#context);
    const [oscillator, volume] = [context.createOscillator(), context.createGain()];
    const start = context.currentTime + after;
    oscillator.frequency.value = hertz;
    volume.gain.setValueAtTime(LOUDNESS, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS * 2);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + NOTE_SECONDS * 2);
  }
}
