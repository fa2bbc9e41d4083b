# Gives the loopback interface of a new network namespace the addresses named, public and private. Perl, because every
# Debian has it and few have iproute2; the numbers are SIOCSIFFLAGS, SIOCSIFADDR and SIOCSIFNETMASK of Linux.
use strict;
use Socket qw(AF_INET AF_INET6 SOCK_DGRAM inet_pton inet_aton pack_sockaddr_in);

socket(my $v4, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
sub configure {
  my ($name, $request, $value) = @_;
  my $buffer = pack('a16 a16', $name, $value);
  ioctl($v4, $request, $buffer) or die "$name: $!\n";
}

configure('lo', 0x8914, pack('s', 0x49));
my $alias = 0;
for my $address (@ARGV) {
  if ($address =~ /:/) {
    socket(my $v6, AF_INET6, SOCK_DGRAM, 0) or die "$address: $!\n";
    my $buffer = pack('a16 L l', inet_pton(AF_INET6, $address), 128, 1);
    ioctl($v6, 0x8916, $buffer) or die "$address: $!\n";
  } else {
    configure("lo:$alias", 0x8916, pack_sockaddr_in(0, inet_aton($address)));
    configure("lo:$alias", 0x891c, pack_sockaddr_in(0, inet_aton('255.255.255.255')));
    $alias++;
  }
}
