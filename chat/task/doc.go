// Package task turns a short order ("poem autumn rain") into a prompt for the model at hand, and holds what the model writes
// against named checks.
//
// A task is a TOML file; the ones in the program and the user's own have the same form:
//
//	description = "Write a poem"
//	example     = 'inkling task poem "autumn rain"'
//	checks      = ["about subject", "lines 3 24"]      # named, see Checks
//	parts       = false                                # a text too long for the context is worked off part by part
//	extract     = false                                # --extract may pick sentences in place of the model
//	kit         = []                                   # with --kit: these tasks, in turn
//
//	[variables.subject]                                # .subject in prompts and checks
//	help    = "what the poem is about"
//	words   = true                                     # takes the words of the command; at most one variable does
//	number  = false                                    # takes whole numbers above 0 alone
//	choices = []                                       # takes these values alone
//	default = ""                                       # a variable with words and no default must be given
//
//	[sampling]                                         # below what the user has set
//	temperature = 0.7
//
//	[chat]                                             # for models with a chat format of their own
//	prompt = "Write a poem about {{.subject}}. Answer with the poem alone."
//	[starter]                                          # for the model in the program; [chat] where it is missing
//	prompt = "Write a poem about {{.subject}}."
//	[plain]                                            # for models that continue texts: examples, then the order
//	prompt = "..."
//	begin  = "1."                                      # what the reply begins with: written for the model
//	stop   = ["\n\n"]
//
//	[followups.answers]                                # --answers: a second request after the first reply
//	help = "print the answers too"
//	prompt = "What are the answers?"
//	plain  = "Answers:"                                # in its place for models that continue texts
//
// Prompts and checks are templates of text/template.
package task
