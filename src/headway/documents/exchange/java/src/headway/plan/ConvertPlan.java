package headway.plan;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.mpxj.DayType;
import org.mpxj.Duration;
import org.mpxj.LocalDateTimeRange;
import org.mpxj.MPXJException;
import org.mpxj.ProjectCalendar;
import org.mpxj.ProjectCalendarWeek;
import org.mpxj.ProjectFile;
import org.mpxj.ProjectProperties;
import org.mpxj.ResourceAssignment;
import org.mpxj.Task;
import org.mpxj.TimeUnit;
import org.mpxj.TimephasedWork;
import org.mpxj.WorkContour;
import org.mpxj.ganttproject.GanttProjectReader;
import org.mpxj.mpp.MPPReader;
import org.mpxj.mpx.MPXReader;
import org.mpxj.mspdi.MSPDIWriter;
import org.mpxj.planner.PlannerReader;
import org.mpxj.primavera.PrimaveraPMFileReader;
import org.mpxj.projectlibre.ProjectLibreReader;
import org.mpxj.reader.AbstractProjectStreamReader;

/**
 * Reads one plan file with the reader of its declared format and writes MSPDI, and beside it in JSON
 * what MSPDI cannot carry.
 *
 * <p>Arguments: format, file to read, MSPDI file to write, JSON file to write. Exit code 0 done, 3 the
 * file cannot be read (one line on standard error says why). The universal reader is never used: it
 * would choose a format by itself.
 */
public final class ConvertPlan {
    private static final int NOT_READABLE = 3;

    private ConvertPlan() {}

    public static void main(String[] arguments) throws IOException {
        ProjectFile project;
        try (InputStream input = new BufferedInputStream(Files.newInputStream(Path.of(arguments[1])))) {
            project = readerOf(arguments[0]).read(input);
        } catch (MPXJException | RuntimeException error) {
            fail(error);
            return;
        }
        if (project == null) {
            fail(new MPXJException("The file holds no plan of this format."));
            return;
        }
        try (Writer extras = new BufferedWriter(Files.newBufferedWriter(Path.of(arguments[3]), StandardCharsets.UTF_8))) {
            new Extras(extras).write(project);
        }
        for (Task task : project.getTasks()) {
            task.setExternalTask(false); // else the writer leaves it out; the JSON says which ones are
        }
        try (OutputStream output = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
            new MSPDIWriter().write(project, output);
        }
    }

    private static AbstractProjectStreamReader readerOf(String format) {
        switch (format) {
            case "mpp":
                return new MPPReader();
            case "mpx":
                return new MPXReader();
            case "pmxml":
                return new PrimaveraPMFileReader();
            case "pod":
                return new ProjectLibreReader();
            case "gan":
                return new GanttProjectReader();
            case "planner":
                return new PlannerReader();
            default:
                throw new IllegalArgumentException("Unknown format " + format);
        }
    }

    private static void fail(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
        System.err.println("not readable: " + cause.getClass().getSimpleName() + ": " + message);
        System.exit(NOT_READABLE);
    }

    /** What MSPDI loses and the plan needs. */
    private static final class Extras {
        private final Writer out;

        Extras(Writer out) {
            this.out = out;
        }

        void write(ProjectFile project) throws IOException {
            ProjectProperties properties = project.getProjectProperties();
            out.write("{\"project\":{\"application\":");
            text(properties.getFileApplication());
            out.write(",\"name\":");
            text(properties.getName());
            out.write(",\"title\":");
            text(properties.getProjectTitle());
            out.write(",\"type\":");
            text(properties.getFileType());
            out.write(",\"honor_constraints\":" + properties.getHonorConstraints());
            out.write(",\"multiple_critical_paths\":" + properties.getMultipleCriticalPaths());
            out.write(",\"critical_slack_minutes\":" + minutes(properties.getCriticalSlackLimit(), properties));
            out.write("},\"calendars\":[");
            String separator = "";
            for (ProjectCalendar calendar : project.getCalendars()) {
                for (ProjectCalendarWeek week : calendar.getWorkWeeks()) {
                    out.write(separator + "{\"uid\":" + calendar.getUniqueID() + ",\"first\":");
                    text(week.getDateRange() == null ? null : String.valueOf(week.getDateRange().getStart()));
                    out.write(",\"inherited\":[");
                    for (DayOfWeek day : DayOfWeek.values()) {
                        boolean inherited = week.getCalendarDayType(day) == DayType.DEFAULT;
                        out.write((day == DayOfWeek.MONDAY ? "" : ",") + inherited);
                    }
                    out.write("]}");
                    separator = ",\n";
                }
            }
            out.write("],\"tasks\":[");
            separator = "";
            for (Task task : project.getTasks()) {
                out.write(separator + "{\"uid\":" + task.getUniqueID() + ",\"splits\":[");
                ranges(task.getWorkSplits());
                out.write("],\"external\":" + task.getExternalTask() + ",\"free_slack\":");
                out.write(minutes(task.getFreeSlack(), properties) + ",\"total_slack\":");
                out.write(minutes(task.getTotalSlack(), properties) + ",\"start_slack\":");
                out.write(minutes(task.getStartSlack(), properties) + ",\"finish_slack\":");
                out.write(minutes(task.getFinishSlack(), properties) + "}");
                separator = ",\n";
            }
            out.write("],\"assignments\":[");
            separator = "";
            for (ResourceAssignment assignment : project.getResourceAssignments()) {
                if (assignment.getWorkContour() == WorkContour.CONTOURED || hasGap(assignment)) {
                    out.write(separator + "{\"uid\":" + assignment.getUniqueID() + ",\"timephased\":[");
                    String next = work("", assignment.getRawTimephasedActualRegularWork(), true, properties);
                    work(next, assignment.getRawTimephasedRemainingRegularWork(), false, properties);
                    out.write("]}");
                    separator = ",\n";
                }
            }
            out.write("]}\n");
        }

        private static boolean hasGap(ResourceAssignment assignment) {
            List<LocalDateTimeRange> splits = assignment.getWorkSplits();
            return splits != null && splits.size() > 1;
        }

        private String work(String separator, List<TimephasedWork> items, boolean actual, ProjectProperties properties)
            throws IOException {
            String next = separator;
            if (items != null) {
                for (TimephasedWork item : items) {
                    out.write(next + "[");
                    moment(item.getStart());
                    out.write(",");
                    moment(item.getFinish());
                    out.write("," + minutes(item.getTotalAmount(), properties) + "," + actual + "]");
                    next = ",";
                }
            }
            return next;
        }

        private void ranges(List<LocalDateTimeRange> ranges) throws IOException {
            String separator = "";
            if (ranges != null && ranges.size() > 1) {
                for (LocalDateTimeRange range : ranges) {
                    out.write(separator + "[");
                    moment(range.getStart());
                    out.write(",");
                    moment(range.getEnd());
                    out.write("]");
                    separator = ",";
                }
            }
        }

        private void moment(LocalDateTime moment) throws IOException {
            text(moment == null ? null : moment.truncatedTo(ChronoUnit.SECONDS).toString());
        }

        private static String minutes(Duration duration, ProjectProperties properties) {
            if (duration == null) {
                return "null";
            }
            double minutes = duration.convertUnits(TimeUnit.MINUTES, properties).getDuration();
            return Double.isFinite(minutes) ? String.format(java.util.Locale.ROOT, "%.3f", minutes) : "null";
        }

        private void text(String value) throws IOException {
            if (value == null) {
                out.write("null");
                return;
            }
            StringBuilder quoted = new StringBuilder("\"");
            for (char c : value.toCharArray()) {
                if (c < 32 || c > 126 || c == '"' || c == '\\') {
                    quoted.append(String.format("\\u%04x", (int) c));
                } else {
                    quoted.append(c);
                }
            }
            out.write(quoted.append('"').toString());
        }
    }
}
