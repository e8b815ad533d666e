// Package gpt2 is the GPT-2 architecture (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"):
// its configuration, its weights, the forward pass and the key/value cache.
//
// One letter stands for the same size everywhere:
//
//	V  vocabulary: token ids are 0..V-1
//	C  context: the most positions a sequence can have
//	W  width of the residual stream (n_embd)
//	L  layers (n_layer)
//	H  attention heads (n_head)
//	D  width of one head, W/H
//	I  inner width of the feed-forward part, 4W unless the configuration says otherwise
//	T  positions computed together in one block, at most Block
//
// (V, W) reads "V rows of W numbers". Matrices are in one of the formats of package kernel, all else is float32.
package gpt2
