using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Processes;

/// <summary>What a stopped process is told of one of its open descriptors.</summary>
/// <param name="StatusFlags">As fcntl(F_GETFL) gives them.</param>
/// <param name="CloseOnExec">Of the descriptor, not of the file.</param>
/// <param name="OffsetBytes">Zero where nothing can be sought.</param>
/// <param name="Status">Of the file.</param>
internal readonly record struct ProbedDescriptor(int StatusFlags, bool CloseOnExec, long OffsetBytes, FileStatus Status);

/// <summary>Asks a stopped process for its descriptors, by calls of its own (fcntl(2), lseek(2), fstat(2)): to read
/// /proc/pid/fdinfo/N for each takes the kernel six times as long. Used on the tracer thread only.</summary>
internal static class DescriptorProbe
{
    /// <summary>Asks for some descriptors, which are open. Gives one answer for each.</summary>
    /// <param name="tracee">A thread whose state was saved for injections.</param>
    /// <param name="memory">Of its process.</param>
    /// <param name="numbers">The descriptors.</param>
    public static List<ProbedDescriptor> Ask(Tracee tracee, ProcessMemory memory, IReadOnlyList<int> numbers)
    {
        List<ProbedDescriptor> answers = new(numbers.Count);
        while (answers.Count < numbers.Count)
        {
            CallBatch batch = new();
            List<Question> questions = [];
            for (int next = answers.Count; next < numbers.Count && batch.HasRoomFor(Question.RoomBytes); next++)
                questions.Add(Question.Add(batch, (ulong)numbers[next]));
            Injector.RunChecked(tracee, memory, batch);
            foreach (Question question in questions)
                answers.Add(question.AnswerIn(batch));
        }

        return answers;
    }

    /// <summary>Where the answers for one descriptor are to be found.</summary>
    private readonly record struct Question(int First, ulong Status)
    {
        private const int CallCount = 4;
        private const ulong SeekCurrent = 1; // SEEK_CUR

        public const int RoomBytes = FileStatus.StructBytes + ((CallCount - 1) * StubCode.EntryBytes);

        public static Question Add(CallBatch batch, ulong number)
        {
            ulong status = batch.Reserve(FileStatus.StructBytes);
            int first = batch.Require("fcntl", SystemCall.FileControl, number, Fcntl.GetDescriptorFlags);
            batch.Require("fcntl", SystemCall.FileControl, number, Fcntl.GetStatusFlags);
            batch.Require("fstat", SystemCall.FileStatus, number, status);
            batch.Add(SystemCall.Seek, number, 0, SeekCurrent);
            return new Question(first, status);
        }

        public ProbedDescriptor AnswerIn(CallBatch batch) => new(
            (int)batch.Result(First + 1),
            (batch.Result(First) & Fcntl.CloseOnExec) != 0,
            Math.Max(0, batch.Result(First + 3)),
            FileStatus.Parse(batch.At(Status, FileStatus.StructBytes)));
    }
}
