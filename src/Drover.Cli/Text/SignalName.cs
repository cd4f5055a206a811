namespace Drover.Cli.Text;

/// <summary>Signals by name (signal(7), x86-64 numbers).</summary>
internal static class SignalName
{
    public static string Of(int signal) => signal switch
    {
        1 => "SIGHUP (hangup)",
        2 => "SIGINT (interrupt)",
        3 => "SIGQUIT (quit)",
        4 => "SIGILL (illegal instruction)",
        5 => "SIGTRAP (breakpoint)",
        6 => "SIGABRT (abort)",
        7 => "SIGBUS (access to memory that is not there)",
        8 => "SIGFPE (arithmetic error)",
        9 => "SIGKILL (killed)",
        10 => "SIGUSR1",
        11 => "SIGSEGV (invalid memory access)",
        12 => "SIGUSR2",
        13 => "SIGPIPE (broken pipe)",
        14 => "SIGALRM (alarm)",
        15 => "SIGTERM (terminated)",
        24 => "SIGXCPU (processor time exhausted)",
        25 => "SIGXFSZ (file too long)",
        31 => "SIGSYS (refused system call)",
        _ => $"signal {signal}",
    };
}
