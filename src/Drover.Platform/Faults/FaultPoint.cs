namespace Drover.Platform.Faults;

/// <summary>
/// The steps of a checkpoint and of a restore at which either can be made to fail, in the order in which they are gone.
/// Each is reached in one line of code, just before the step. Known to people by the names of <see cref="FaultPointNames"/>:
/// CheckpointStopThreads is "checkpoint:stop-threads".
/// </summary>
public enum FaultPoint
{
    CheckpointBeginImage,
    CheckpointRecogniseFiles,

    /// <summary>The component runs, and what makes forking its memory quicker is to be done. Only if it will be forked.</summary>
    CheckpointPrepareFork,

    /// <summary>The component runs, and what it wrote since the round before is to be found. Only if pages are copied beforehand.</summary>
    CheckpointPreCopyLook,

    /// <summary>Likewise, and what was found is to be copied.</summary>
    CheckpointPreCopyPages,
    CheckpointHoldServices,
    CheckpointStopThreads,

    /// <summary>All threads stand still, and the stub is to be made ready for injected calls.</summary>
    CheckpointArmStub,
    CheckpointFinishServing,
    CheckpointDescribe,
    CheckpointReadProcess,
    CheckpointCheckMappings,
    CheckpointCopyDataspace,
    CheckpointForkMemory,

    /// <summary>The fork was made, and nobody has it yet.</summary>
    CheckpointKeepFork,
    CheckpointCheckTables,
    CheckpointWritePages,
    CheckpointWriteDataspace,
    CheckpointCommit,
    CheckpointCompress,
    CheckpointFlushContent,
    CheckpointWriteManifest,
    CheckpointNameManifest,

    /// <summary>The manifest has its name, which is not yet durable.</summary>
    CheckpointFlushName,

    RestoreOpenImage,
    RestoreCheckMachine,
    RestoreCheckTables,
    RestoreCheckFiles,
    RestoreCreateDomain,
    RestoreLoadModules,
    RestoreProvideWellKnown,
    RestoreOpenSession,

    /// <summary>A session was opened, and nobody has it yet.</summary>
    RestoreKeepSession,
    RestoreAnnounce,
    RestoreFillMemory,
    RestoreInstall,
    RestoreRelocateTables,
    RestoreBuildProcess,
    RestoreMakeNamespaces,
    RestoreMakeLeader,
    RestoreMapMemory,
    RestoreFillPages,
    RestoreSetState,
    RestoreEnterTime,
    RestoreInstallFilter,
    RestorePlaceDescriptors,
    RestoreMakeThreads,

    /// <summary>All threads are there, and nobody has the process yet.</summary>
    RestoreKeepProcess,
    RestoreCommit,
    RestoreReport,
    RestoreStart,

    SnapshotKeep,

    /// <summary>In the background, what the next roll back makes the process of is to be made. If this fails it makes it itself.</summary>
    SnapshotMakeReady,

    /// <summary>All has been checked, and the component that is rolled back is to be ended.</summary>
    RollbackEnd,

    /// <summary>It has ended.</summary>
    RollbackRebuild,

    /// <summary>The process is to be made of a copy of the snapshot. If this fails it is built anew, as are the next.</summary>
    RollbackForkMemory,
    RollbackMapDataspaces,

    /// <summary>A process has ended, and namespaces for the next restore are to be made. If this fails it makes them itself.</summary>
    SpareMakeNamespaces,
}
