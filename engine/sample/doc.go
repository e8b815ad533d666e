// Package sample turns the logits of a language model into the next token, and describes the parameters by which it does.
//
// A draw starts with one candidate for each token of the vocabulary. Bias and bans come first, then the stages that are on, in the
// order of Params.Samplers, or in this one:
//
//  1. penalties: repetition, presence and frequency, over the last PenaltyRange tokens
//  2. dry
//  3. no_repeat_ngram
//  4. temperature (0 leaves only the most likely token: greedy decoding), fixed or dynamic
//  5. top_n_sigma
//  6. top_k
//  7. typ_p (typical-p)
//  8. top_p
//  9. min_p
//  10. xtc
//  11. mirostat
//
// What is left is drawn from in proportion to the softmax of its logits, by the random number of the token's place.
//
// The order is part of the meaning of the numbers: where temperature comes before the truncations, a high one lets top-p and min-p
// keep more tokens; typical-p and top-p measure mass among the survivors of the stages before them.
//
// Logits that are NaN or -Inf are never drawn. If some are +Inf, those tokens share all the mass evenly. A penalty or a bias does not
// make a finite logit infinite: it saturates at the largest float32.
//
// No stage sorts the vocabulary: see [Candidates] for how all of it is dealt with in some microseconds.
package sample
