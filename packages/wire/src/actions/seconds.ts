/** A time in milliseconds as the wires write it: whole seconds. */
export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

export const secondsOrZero = (milliseconds: number | null): number =>
  milliseconds === null ? 0 : seconds(milliseconds)
