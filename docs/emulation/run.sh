#!/usr/bin/env bash
# run.sh PACKAGE [arguments of the test]: runs the tests of a package on an emulated processor with AVX-512, see README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
package=$1
shift
: "${KERNEL:?the path of a Linux kernel, vmlinuz}" "${BOCHS:?the path of bochs}"
: "${BIOS:=/usr/share/bochs}" "${VGABIOS:=/usr/share/vgabios/vgabios-stdvga.bin}"
: "${ISOLINUX:=/usr/lib/ISOLINUX/isolinux.bin}" "${LDLINUX:=/usr/lib/syslinux/modules/bios/ldlinux.c32}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work"/fs/{proc,tmp,dev,work} "$work"/cd/isolinux
mknod "$work/fs/dev/console" c 5 1
mknod "$work/fs/dev/null" c 1 3
export CGO_ENABLED=0 GOOS=linux GOARCH=amd64
go build -o "$work/fs/init" "$here/init.go"
(cd "$root/$package" && go test -c -o "$work/fs/work/package.test" . && if [ -d testdata ]; then cp -r testdata "$work/fs/work"; fi)
echo "/work/package.test -test.v $*" >"$work/fs/script"
(cd "$work/fs" && find . | cpio -o -H newc --quiet >"$work/cd/initrd")
cp "$KERNEL" "$work/cd/vmlinuz"
cp "$ISOLINUX" "$LDLINUX" "$work/cd/isolinux"
cat >"$work/cd/isolinux/isolinux.cfg" <<C
DEFAULT linux
LABEL linux
 KERNEL /vmlinuz
 APPEND initrd=/initrd console=ttyS0 rdinit=/init nokaslr mitigations=off tsc=reliable no_timer_check lpj=1000000 quiet panic=-1
C
xorriso -as mkisofs -quiet -o "$work/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 \
	-boot-info-table "$work/cd" 2>/dev/null
cat >"$work/bochsrc" <<C
cpu: model=corei7_icelake_u, count=1, ips=200000000, reset_on_triple_fault=0, ignore_bad_msrs=1, add_features="avx512bf16"
memory: guest=2048, host=2048
romimage: file=$BIOS/BIOS-bochs-latest, options=fastboot
vgaromimage: file=$VGABIOS
pci: enabled=1, chipset=i440fx
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=$work/boot.iso, status=inserted
boot: cdrom
log: $work/log
panic: action=fatal
error: action=ignore
info: action=ignore
com1: enabled=1, mode=file, dev=$work/serial
display_library: nogui
clock: sync=none
C
: >"$work/serial"
tail -f "$work/serial" &
"$BOCHS" -q -f "$work/bochsrc" >/dev/null 2>&1 || true # it ends with an error when the machine turns itself off
sleep 1
kill $!
grep -q '^ended: <nil>' "$work/serial"
