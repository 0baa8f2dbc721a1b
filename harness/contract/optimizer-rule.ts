/**
 * The update of one weight w under gradient g, t counting steps from 1 (PyTorch's forms and defaults):
 * sgd      w -= lr g
 * adagrad  s += g^2;  w -= lr g / (sqrt(s) + epsilon)
 * rowwise-adagrad: as adagrad, s one number per row: s += mean(g^2) over the row
 * adam     m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;  w -= lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon);
 *          on rows it is lazy: only rows that occur in the batch move, t is the step of the run
 */
export const optimizerRules = ['sgd', 'adagrad', 'rowwise-adagrad', 'adam'] as const;
export type OptimizerRule = (typeof optimizerRules)[number];

export const adagradEpsilon = 1e-10;
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
