<?php
// What the PHP clients share: comparing an answer, and telling the first one that is wrong.

final class Checks
{
    public const EXPIRY_SECONDS = 10;

    private int $count = 0;
    public readonly string $prefix;

    public function __construct(private string $name)
    {
        $this->prefix = str_replace(' ', '-', $name) . '-' . getmypid() . '-';
    }

    public function key(string $what): string
    {
        return $this->prefix . $what;
    }

    public function longKey(int $bytes): string
    {
        return substr($this->prefix . str_repeat('x', $bytes), 0, $bytes);
    }

    public static function binary(): string
    {
        return implode('', array_map('chr', range(0, 255))) . "\r\nEND\r\n";
    }

    /** 921,600 bytes, below the limit of 1 MiB. */
    public static function large(): string
    {
        return str_repeat(implode('', array_map('chr', range(0, 255))), 3600);
    }

    public function same(string $what, mixed $got, mixed $expected): void
    {
        $this->count++;
        if ($got !== $expected) {
            $this->wrong($what . ': got ' . self::shown($got) . ', expected ' . self::shown($expected));
        }
    }

    /** Reads until there is a miss: lifetimes end within a second or two. */
    public function gone(string $what, callable $read): void
    {
        $end = hrtime(true) + self::EXPIRY_SECONDS * 1_000_000_000;
        while ($read() !== false) {
            if (hrtime(true) > $end) {
                $this->wrong($what . ': still there after ' . self::EXPIRY_SECONDS . ' s');
            }
            usleep(50_000);
        }
        $this->count++;
    }

    public function done(): void
    {
        echo "$this->name: $this->count checks\n";
    }

    private function wrong(string $what): never
    {
        fwrite(STDERR, "$this->name: $what\n");
        exit(1);
    }

    private static function shown(mixed $value): string
    {
        return substr(var_export($value, true), 0, 200);
    }
}

// a warning is a wrong answer too; what is deprecated is between an extension and PHP
set_error_handler(function (int $level, string $message) {
    if ($level === E_DEPRECATED) {
        return true;
    }
    fwrite(STDERR, "warning: $message\n");
    exit(1);
});
