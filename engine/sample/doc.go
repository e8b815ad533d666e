// Package sample turns the logits of a language model into the next token.
//
// A draw starts with one candidate per token of the vocabulary and passes them through these processors, always in this
// order; each takes the candidates that the one before it left:
//
//  1. repetition penalty, then presence and frequency penalty, over the last PenaltyRange tokens
//  2. no-repeat-ngram
//  3. bias, then bans
//  4. temperature (0 leaves only the most likely token: greedy decoding)
//  5. top-k
//  6. typical-p
//  7. top-p
//  8. min-p
//  9. the draw itself, in proportion to the softmax of what is left
//
// The order is part of the meaning of the numbers: temperature comes before the truncations, so a high temperature lets
// top-p and min-p keep more tokens, and typical-p and top-p measure mass among the survivors of the truncations before them.
//
// Every processor is a function of its arguments alone. It works in the memory of the slice it is given and returns the
// candidates that remain. Logits that are NaN or -Inf are never drawn. If some logits are +Inf, those tokens share all the
// mass evenly. A penalty or a bias does not make a finite logit infinite: it saturates at the largest float32.
package sample
