// Instructions on vectors for all of NEON's kernels. Go's assembler does not
// know most of them, so these macros compose their words; and as registers are
// numbers for that, 0 to 31, the few that it does know are here as well. Loads
// and stores are written with F(n) and V(n). Operands stand in the order of
// Go's assembler, the destination last; the comments have the form of the
// architecture manual. Floats are float32, four in a vector.

#define FADD(m, n, d) WORD $(0x4e20d400 | m<<16 | n<<5 | d)     // FADD  Vd.4S, Vn.4S, Vm.4S
#define FSUB(m, n, d) WORD $(0x4ea0d400 | m<<16 | n<<5 | d)     // FSUB  Vd.4S, Vn.4S, Vm.4S
#define FMUL(m, n, d) WORD $(0x6e20dc00 | m<<16 | n<<5 | d)     // FMUL  Vd.4S, Vn.4S, Vm.4S
#define FDIV(m, n, d) WORD $(0x6e20fc00 | m<<16 | n<<5 | d)     // FDIV  Vd.4S, Vn.4S, Vm.4S
#define FMLA(m, n, d) WORD $(0x4e20cc00 | m<<16 | n<<5 | d)     // FMLA  Vd.4S, Vn.4S, Vm.4S: d += n·m
#define FMAX(m, n, d) WORD $(0x4e20f400 | m<<16 | n<<5 | d)     // FMAX  Vd.4S, Vn.4S, Vm.4S
#define FMIN(m, n, d) WORD $(0x4ea0f400 | m<<16 | n<<5 | d)     // FMIN  Vd.4S, Vn.4S, Vm.4S
#define FADDP(m, n, d) WORD $(0x6e20d400 | m<<16 | n<<5 | d)    // FADDP Vd.4S, Vn.4S, Vm.4S: sums of pairs
#define FCMGT(m, n, d) WORD $(0x6ea0e400 | m<<16 | n<<5 | d)    // FCMGT Vd.4S, Vn.4S, Vm.4S: n > m
#define FABS(n, d) WORD $(0x4ea0f800 | n<<5 | d)                // FABS  Vd.4S, Vn.4S
#define FMAXV(n, d) WORD $(0x6e30f800 | n<<5 | d)               // FMAXV Sd, Vn.4S: the largest lane

// With lane i, 0 to 3, of m.
#define LANE(i) (((i)&1)<<21 | ((i)&2)<<10)
#define FMUL_LANE(m, i, n, d) WORD $(0x4f809000 | LANE(i) | m<<16 | n<<5 | d) // FMUL Vd.4S, Vn.4S, Vm.S[i]
#define FMLA_LANE(m, i, n, d) WORD $(0x4f801000 | LANE(i) | m<<16 | n<<5 | d) // FMLA Vd.4S, Vn.4S, Vm.S[i]: d += n·m[i]
#define FMLS_LANE(m, i, n, d) WORD $(0x4f805000 | LANE(i) | m<<16 | n<<5 | d) // FMLS Vd.4S, Vn.4S, Vm.S[i]: d -= n·m[i]

// Between formats; integers are rounded to the nearest, ties to even.
#define SCVTF(n, d) WORD $(0x4e21d800 | n<<5 | d)               // SCVTF  Vd.4S, Vn.4S: int32 to float32
#define FCVTNS(n, d) WORD $(0x4e21a800 | n<<5 | d)              // FCVTNS Vd.4S, Vn.4S: float32 to int32
#define FRINTN(n, d) WORD $(0x4e218800 | n<<5 | d)              // FRINTN Vd.4S, Vn.4S: float32 to whole float32
#define FCVTL(n, d) WORD $(0x0e217800 | n<<5 | d)               // FCVTL  Vd.4S, Vn.4H: binary16 to float32
#define FCVTL2(n, d) WORD $(0x4e217800 | n<<5 | d)              // FCVTL2 Vd.4S, Vn.8H: the upper four

// Integers.
#define ADD32(m, n, d) WORD $(0x4ea08400 | m<<16 | n<<5 | d)    // ADD    Vd.4S, Vn.4S, Vm.4S
#define SUB32(m, n, d) WORD $(0x6ea08400 | m<<16 | n<<5 | d)    // SUB    Vd.4S, Vn.4S, Vm.4S: n - m
#define ADDP32(m, n, d) WORD $(0x4ea0bc00 | m<<16 | n<<5 | d)   // ADDP   Vd.4S, Vn.4S, Vm.4S: sums of pairs, of n first
#define ADDV32(n, d) WORD $(0x4eb1b800 | n<<5 | d)              // ADDV   Sd, Vn.4S: the sum of the lanes
#define UMAX32(m, n, d) WORD $(0x6ea06400 | m<<16 | n<<5 | d)   // UMAX   Vd.4S, Vn.4S, Vm.4S
#define UMAXV32(n, d) WORD $(0x6eb0a800 | n<<5 | d)             // UMAXV  Sd, Vn.4S: the largest lane
#define SHL32(s, n, d) WORD $(0x4f005400 | (32+s)<<16 | n<<5 | d) // SHL  Vd.4S, Vn.4S, #s
#define SSHR32(s, n, d) WORD $(0x4f000400 | (64-s)<<16 | n<<5 | d) // SSHR Vd.4S, Vn.4S, #s
#define USHR8(s, n, d) WORD $(0x6f000400 | (16-s)<<16 | n<<5 | d) // USHR Vd.16B, Vn.16B, #s
#define SMULL(m, n, d) WORD $(0x0e20c000 | m<<16 | n<<5 | d)    // SMULL  Vd.8H, Vn.8B, Vm.8B
#define SMULL2(m, n, d) WORD $(0x4e20c000 | m<<16 | n<<5 | d)   // SMULL2 Vd.8H, Vn.16B, Vm.16B: of the upper eight
#define SMLAL(m, n, d) WORD $(0x0e208000 | m<<16 | n<<5 | d)    // SMLAL  Vd.8H, Vn.8B, Vm.8B: d += n·m
#define SMLAL2(m, n, d) WORD $(0x4e208000 | m<<16 | n<<5 | d)   // SMLAL2 Vd.8H, Vn.16B, Vm.16B: of the upper eight
#define SADALP(n, d) WORD $(0x4e606800 | n<<5 | d)              // SADALP Vd.4S, Vn.8H: d += sums of pairs
#define SDOT_LANE(m, i, n, d) WORD $(0x4f80e000 | LANE(i) | m<<16 | n<<5 | d) // SDOT Vd.4S, Vn.16B, Vm.4B[i]: d += sums of four n·m

// Bits and bytes.
#define MOV(n, d) WORD $(0x4ea01c00 | n<<16 | n<<5 | d)         // MOV   Vd.16B, Vn.16B
#define ZERO(d) WORD $(0x4f000400 | d)                          // MOVI  Vd.4S, #0
#define FILL8(c, d) WORD $(0x4f00e400 | c<<5 | d)               // MOVI  Vd.16B, #c: c < 32
#define AND8(m, n, d) WORD $(0x4e201c00 | m<<16 | n<<5 | d)     // AND   Vd.16B, Vn.16B, Vm.16B
#define BIT(m, n, d) WORD $(0x6ea01c00 | m<<16 | n<<5 | d)      // BIT   Vd.16B, Vn.16B, Vm.16B: n where m is set
#define DUP32(i, n, d) WORD $(0x4e040400 | i<<19 | n<<5 | d)    // DUP   Vd.4S, Vn.S[i]
#define TBL(m, n, d) WORD $(0x4e000000 | m<<16 | n<<5 | d)      // TBL   Vd.16B, {Vn.16B}, Vm.16B: n[m]
#define UZP16(m, n, d) WORD $(0x4e401800 | m<<16 | n<<5 | d)    // UZP1  Vd.8H, Vn.8H, Vm.8H: the low halves of 32 bits, of n first
#define UZP8(m, n, d) WORD $(0x4e001800 | m<<16 | n<<5 | d)     // UZP1  Vd.16B, Vn.16B, Vm.16B: the low halves of 16 bits, of n first
