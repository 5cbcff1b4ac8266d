/** The option of a request that is called off with the signal. */
export const stoppedBy = (signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal }
